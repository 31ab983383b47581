using System.Text;
using ModularShop.Host;
using ModularShop.Host.CommandLine;

namespace ModularShop.SystemTests;

/// <summary>
/// Runs commands of <c>modularshop</c> in the process of the tests, from the entry point of the program on. This covers as much as a
/// separate process, and the runtime need not compile the code again for each command. Tests of the process itself need <see
/// cref="ShopProcess"/>.
/// </summary>
[SetUpFixture]
internal sealed class ShopCommand
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    // Each command has its own value, also in all threads and callbacks that it starts.
    private static readonly AsyncLocal<Streams?> Current = new();

    [OneTimeSetUp]
    public void DivideStandardStreams()
    {
        StandardStream.Replace(
            new Divided(Console.Out, streams => streams.Output.Writer),
            new Divided(Console.Error, streams => streams.Errors.Writer),
            () => Current.Value?.Output ?? Stream.Null
        );
    }

    /// <summary>Runs a command to its end.</summary>
    public static async Task<CommandResult> Execute(params string[] arguments)
    {
        using var output = new Captured();
        using var errors = new Captured();
        Current.Value = new Streams(output, errors);
        var exitCode = await ModularShopCommand.Invoke(arguments).WaitAsync(Deadline);
        return new CommandResult(exitCode, output.Text, errors.Text);
    }

    /// <summary>The modules of the shop, hosted in this process, for commands with <c>--url</c>.</summary>
    /// <param name="directory">Its data directory, which is kept.</param>
    public static Task<TestApplication> Host(string directory) => TestApplication.Start(ShopModules.All, directory);

    private sealed record Streams(Captured Output, Captured Errors);

    /// <summary>Writes to the streams of the command that writes; outside of a command, to the original stream.</summary>
    private sealed class Divided(TextWriter otherwise, Func<Streams, TextWriter> part) : TextWriter
    {
        public override Encoding Encoding => otherwise.Encoding;

        private TextWriter Target => Current.Value is { } streams ? part(streams) : otherwise;

        public override void Write(char value) => Target.Write(value);

        public override void Write(char[] buffer, int index, int count) => Target.Write(buffer, index, count);

        public override void Write(string? value) => Target.Write(value);

        public override void Flush() => Target.Flush();
    }

    /// <summary>Can be read after the writer has closed it, as a pipe can.</summary>
    private sealed class Captured : MemoryStream
    {
        public Captured() => Writer = new StreamWriter(this, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true };

        public TextWriter Writer { get; }

        public string Text => Encoding.UTF8.GetString(ToArray());

        public override void Close() { }
    }
}
