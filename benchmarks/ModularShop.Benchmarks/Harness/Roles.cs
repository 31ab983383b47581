using ModularShop.Benchmarks.Bus;
using ModularShop.Benchmarks.Growth;
using ModularShop.Benchmarks.Import;
using ModularShop.Benchmarks.Orders.Naive;
using ModularShop.Benchmarks.Orders.Raw;
using ModularShop.Benchmarks.Orders.WolverineFx;
using ModularShop.Benchmarks.Questions;
using ModularShop.Benchmarks.Topologies;
using ModularShop.Host.CommandLine;

namespace ModularShop.Benchmarks.Harness;

/// <summary>The roles that a process of this program can play for a benchmark.</summary>
internal static class Roles
{
    private static readonly Dictionary<string, Func<string[], Task>> All = new()
    {
        ["shop"] = Shop,
        [BusRole.Name] = BusRole.Play,
        ["naive-orders"] = NaiveShop.Run,
        ["raw-orders"] = RawShop.Run,
        ["wolverine-orders"] = WolverineShop.Run,
        ["orders-service"] = OrdersService.Run,
        ["products-service"] = ProductsService.Run,
        ["customers-service"] = CustomersService.Run,
        ["history-aggregator"] = HistoryAggregator.Run,
        [PlainProxy.Role] = PlainProxy.Run,
        ["command"] = Command,
        ["raw-catch-up"] = arguments => Contender.Serve("", _ => Task.FromResult(RawCatchUp.Run(arguments[0], arguments[1]))),
        ["raw-import"] = arguments => Contender.Serve("", _ => Task.FromResult(RawImport.Run(arguments[0], arguments[1]))),
    };

    public static Task Play(string role, string[] arguments) => All[role](arguments);

    /// <summary>The shop as <c>modularshop run</c> starts it, with the same arguments.</summary>
    private static async Task Shop(string[] arguments)
    {
        var ready = new TaskCompletionSource<string>();
        Console.SetOut(new AddressWatch(Console.Out, ready));
        var running = ModularShopCommand.Invoke(["run", .. arguments]);
        if (await Task.WhenAny(running, ready.Task) == ready.Task)
        {
            // Ends with the process that asked for it.
            await Task.WhenAny(running, Contender.Serve(await ready.Task));
        }
        else
        {
            throw new InvalidOperationException($"The shop ended with {await running}.");
        }
    }

    /// <summary>A command of <c>modularshop</c>, which begins when asked to; the answer is its exit code.</summary>
    private static Task Command(string[] arguments) =>
        Contender.Serve("", async _ => FormattableString.Invariant($"{await ModularShopCommand.Invoke(arguments)}"));

    // The command says on its standard output where it listens.
    private sealed class AddressWatch(TextWriter output, TaskCompletionSource<string> ready) : TextWriter
    {
        private const string Label = "Shop    ";

        public override System.Text.Encoding Encoding => output.Encoding;

        public override void WriteLine(string? value)
        {
            output.WriteLine(value);
            if (value?.StartsWith(Label, StringComparison.Ordinal) is true)
            {
                ready.TrySetResult(value[Label.Length..].Trim());
            }
        }

        public override void Write(char value) => output.Write(value);
    }
}
