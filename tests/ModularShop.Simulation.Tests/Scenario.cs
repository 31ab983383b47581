using MediatR;
using Microsoft.Extensions.DependencyInjection;
using ModularShop.Kernel;
using ModularShop.Kernel.Events;

namespace ModularShop.Simulation.Tests;

/// <summary>The requests of clients and operators while failures are injected, and afterwards until the modules have recovered.</summary>
internal sealed class Scenario(World world)
{
    private readonly List<Operation> operations = [];
    private readonly List<Discard> discards = [];

    public IReadOnlyList<Operation> Operations => operations;

    /// <summary>Dead letters that were discarded, as an operator was told.</summary>
    public IReadOnlyList<Discard> Discards => discards;

    public void Play()
    {
        for (var wishes = world.Random.Next(6, 17); wishes > 0; wishes--)
        {
            for (var steps = world.Random.Next(40); steps > 0 && world.Step(); steps--) { }
            world.People.Start(NextWish());
        }
        for (var steps = world.Random.Next(200); steps > 0 && world.Step(); steps--) { }
        world.Chaos.IsOver = true;
        world.Diagram.Note("operator", "nothing goes wrong any more");
        world.RunUntilIdle();
        foreach (var node in world.Nodes)
        {
            RetryAll(node);
        }
    }

    private Func<Task> NextWish()
    {
        var wish = world.Random.Next(20);
        return wish switch
        {
            < 13 => () => Ask(NextOperation(world.Random.Next(4) > 0 ? "alpha" : "beta")),
            < 15 => () => RetryOne(Any("beta", "gamma")),
            < 16 => () => DiscardOne(Any("beta", "gamma")),
            < 17 => () =>
                Wish(
                    world.Find("gamma"),
                    "rebuild",
                    node => node.Rebuilder.Rebuild(copy: null, Caller.LocalOperator, CancellationToken.None)
                ),
            < 18 => () => Restart(Any("alpha", "beta", "gamma")),
            _ => () => Crash(Any("alpha", "beta", "gamma")),
        };
    }

    private Node Any(params string[] modules) => world.Find(modules[world.Random.Next(modules.Length)]);

    private Operation NextOperation(string module)
    {
        var operation = new Operation(
            operations.Count + 1,
            module,
            Item: $"item{world.Random.Next(3)}",
            Parts: world.Random.Next(4),
            BreaksARule: world.Random.Next(8) == 0
        );
        operations.Add(operation);
        return operation;
    }

    private async Task Ask(Operation operation)
    {
        var node = world.Find(operation.Module);
        world.Diagram.Message("client", operation.Module, $"operation {operation.Number} on {operation.Item}, {operation.Parts} parts");
        if (!node.Started.IsCompletedSuccessfully || node.IsDead)
        {
            operation.Outcome = Outcome.Refused;
            return;
        }
        try
        {
            await node.UnitOfWorkRunner!.Run(Caller.Anonymous, (services, ct) => Perform(operation, services, ct), CancellationToken.None);
            Answered(node, operation, Outcome.Acknowledged);
        }
        catch (Exception)
        {
            Answered(node, operation, Outcome.Refused);
        }
    }

    private void Answered(Node node, Operation operation, Outcome outcome)
    {
        // A process that has crashed answers no request.
        operation.Outcome = node.IsDead ? Outcome.Unknown : outcome;
        world.Diagram.Message(operation.Module, "client", $"operation {operation.Number} {operation.Outcome}");
    }

    private async Task<int> Perform(Operation operation, IServiceProvider services, CancellationToken ct)
    {
        services
            .GetRequiredService<SimulatedDb>()
            .Execute(
                "INSERT INTO operations (operation, item, parts) VALUES ($operation, $item, $parts)",
                ("$operation", operation.Number),
                ("$item", operation.Item),
                ("$parts", operation.Parts)
            );
        var publisher = services.GetRequiredService<IPublisher>();
        for (var part = 0; part < operation.Parts; part++)
        {
            await publisher.Publish(SimulatedModule.Event(operation.Module, operation.Item, operation.Number, part), ct);
            await Task.Yield();
        }
        if (operation is { Module: "alpha", Parts: 0 })
        {
            await publisher.Publish(new AlphaIgnored(operation.Number), ct);
        }
        if (world.Chaos.Dawdles is { } time)
        {
            await Task.Delay(time, world.Clock, ct);
        }
        return operation.BreaksARule ? throw new ConflictException("It breaks a rule.") : operation.Number;
    }

    private Task RetryOne(Node subscriber) =>
        Wish(
            subscriber,
            "retry",
            async node =>
            {
                if (node.DeadLetters.List(status: null, afterId: 0, limit: 10) is { Count: > 0 } letters)
                {
                    await node.Retries.Retry(letters[world.Random.Next(letters.Count)].Id, CancellationToken.None);
                }
            }
        );

    private Task DiscardOne(Node subscriber) =>
        Wish(
            subscriber,
            "discard",
            async node =>
            {
                if (node.DeadLetters.List(DeadLetterStatus.Dead, afterId: 0, limit: 1) is [var letter])
                {
                    await node.Retries.Discard(letter.Id, "It is not wanted.", CancellationToken.None);
                    if (!node.IsDead)
                    {
                        discards.Add(new Discard(node.Name, letter.Envelope.Source, letter.Envelope.Position));
                    }
                }
            }
        );

    private Task Restart(Node node) => Wish(node, "restart", _ => world.Restart(node));

    private Task Crash(Node node)
    {
        if (!node.IsDead)
        {
            world.Crash(node, all: world.Random.Next(3) == 0);
        }
        return Task.CompletedTask;
    }

    // An operator whose request is refused, or lost in a crash, continues.
    private async Task Wish(Node node, string what, Func<Node, Task> wish)
    {
        world.Diagram.Message("operator", node.Name, what);
        if (!node.Started.IsCompletedSuccessfully || node.IsDead)
        {
            return;
        }
        try
        {
            await wish(node);
            world.Diagram.Message(node.Name, "operator", $"{what} done");
        }
        catch (Exception e)
        {
            world.Diagram.Message(node.Name, "operator", $"{what}: {e.Message}");
        }
    }

    private void RetryAll(Node node)
    {
        while (node.DeadLetters.List(status: null, afterId: 0, limit: 500).FirstOrDefault(IsOpen) is { } letter)
        {
            world.People.Start(() => node.Retries.Retry(letter.Id, CancellationToken.None));
            world.RunUntilIdle();
        }
    }

    private static bool IsOpen(DeadLetter letter) => letter.Status != DeadLetterStatus.Discarded;
}

internal enum Outcome
{
    /// <summary>Never answered: the request may have taken effect or not.</summary>
    Unknown,
    Acknowledged,
    Refused,
}

/// <summary>A client's request to a module.</summary>
internal sealed record Operation(int Number, string Module, string Item, int Parts, bool BreaksARule)
{
    public Outcome Outcome { get; set; }
}

internal sealed record Discard(string Module, string Source, long Position);
