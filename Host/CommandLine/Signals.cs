using System.Runtime.InteropServices;

namespace ModularShop.Host.CommandLine;

/// <summary>Ctrl+C and SIGTERM ask the process to end; asked a second time, it ends at once.</summary>
internal sealed class Signals : IDisposable
{
    private readonly CancellationTokenSource asked = new();
    private readonly PosixSignalRegistration[] registrations;

    public Signals() =>
        registrations = [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle),
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
