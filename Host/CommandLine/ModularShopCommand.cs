using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net.Sockets;
using ModularShop.Host.Compare;
using ModularShop.Host.Export;
using ModularShop.Host.Import;
using ModularShop.Host.Splitting;
using ModularShop.Host.Topologies;
using ModularShop.Kernel;

namespace ModularShop.Host.CommandLine;

/// <summary>The command <c>modularshop</c>. All commands are registered here, and all failures are reported here.</summary>
internal static class ModularShopCommand
{
    public static async Task<int> Invoke(string[] args)
    {
        using var signals = new Signals();
        if (EmptyArguments.Problem(args) is { } problem)
        {
            Terminal.Message($"modularshop: {problem}");
            Terminal.Message("Try 'modularshop --help'.");
            return ExitCode.Usage;
        }
        try
        {
            ShopModules.CheckComplete(ShopModules.Built);
            var parse = Create().Parse(args.Length == 0 ? ["run"] : args);
            if (parse.Errors.Count > 0)
            {
                return Misused(parse);
            }
            // Signals cancel the token. A command may take the time that it needs to end properly.
            var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
            return await parse.InvokeAsync(configuration, signals.Asked);
        }
        catch (Exception e)
        {
            return Failed(e, signals.Asked);
        }
    }

    public static RootCommand Create() =>
        new("A shop of isolated modules. Without an argument it runs.")
        {
            RunCommand.Create(),
            ModulesCommand.Create(),
            MoveCommand.Create(),
            TopologyCommand.Create(),
            EventsCommand.Create(),
            DeadLettersCommand.Create(),
            RebuildCommand.Create(),
            ImportCommand.Create(),
            ExportCommand.Create(),
            DemoCommand.Create(),
            DoctorCommand.Create(),
            BackupCommand.Create(),
            RestoreCommand.Create(),
            VerifyCommand.Create(),
            SplitReportCommand.Create(),
            CompareCommand.Create(),
        };

    private static int Misused(ParseResult parse)
    {
        foreach (var error in parse.Errors)
        {
            Terminal.Message($"modularshop: {error.Message}");
        }
        Terminal.Message($"Try '{NameOf(parse.CommandResult)} --help'.");
        return ExitCode.Usage;
    }

    private static int Failed(Exception exception, CancellationToken asked)
    {
        if (exception is NobodyReadsException)
        {
            return ExitCode.Ok; // The reader of the output has ended, as with head. Other tools treat this as success too.
        }
        var (message, code) = exception switch
        {
            CommandFailedException e => (e.Message, e.Code),
            OperationCanceledException when asked.IsCancellationRequested => ("Interrupted.", ExitCode.Failure),
            HttpRequestException e => ($"The shop cannot be reached: {e.Message}", ExitCode.Failure),
            TaskCanceledException { InnerException: TimeoutException e } => ($"The shop does not answer: {e.Message}", ExitCode.Failure),
            InvalidSettingException e => (e.Message.Replace("\n", "\nmodularshop: ", StringComparison.Ordinal), ExitCode.Usage),
            // .NET throws this when a limit or the file system does not allow a longer file.
            ArgumentOutOfRangeException { StackTrace: { } stack } when stack.Contains("System.IO.RandomAccess", StringComparison.Ordinal) =>
                ("The file would be longer than the system allows.", ExitCode.Failure),
            IOException or UnauthorizedAccessException or SocketException or DllNotFoundException => (exception.Message, ExitCode.Failure),
            _ => ($"This should not have happened. Please report it:\n{exception}", ExitCode.Failure),
        };
        Terminal.Message($"modularshop: {message}");
        return code;
    }

    private static string NameOf(CommandResult result) =>
        result.Parent is CommandResult parent ? $"{NameOf(parent)} {result.Command.Name}" : "modularshop";
}
