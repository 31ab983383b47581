using System.Runtime.InteropServices;

namespace ModularShop.Host.CommandLine;

/// <summary>
/// Ctrl+C and SIGTERM ask the process to stop; a second signal ends it at once. SIGXFSZ is ignored, so that reaching a file size limit
/// (<c>ulimit -f</c>) is a full disk for one module and does not end the process.
/// </summary>
internal sealed class Signals : IDisposable
{
    // .NET does not define SIGXFSZ. Linux and macOS have the same number.
    private const PosixSignal FileTooLarge = (PosixSignal)25;

    private readonly CancellationTokenSource asked = new();
    private readonly PosixSignalRegistration[] registrations;

    public Signals() =>
        registrations = [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle),
            .. OperatingSystem.IsWindows()
                ? (ReadOnlySpan<PosixSignalRegistration>)[]
                : [PosixSignalRegistration.Create(FileTooLarge, Survive)],
        ];

    public CancellationToken Asked => asked.Token;

    public void Dispose()
    {
        foreach (var registration in registrations)
        {
            registration.Dispose();
        }
        asked.Dispose();
    }

    private static void Survive(PosixSignalContext signal) => signal.Cancel = true;

    private void Handle(PosixSignalContext signal)
    {
        if (asked.IsCancellationRequested)
        {
            Environment.Exit(ExitCode.Failure);
        }
        signal.Cancel = true;
        asked.Cancel();
    }
}
