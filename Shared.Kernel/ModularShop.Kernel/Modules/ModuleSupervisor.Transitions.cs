using Microsoft.Extensions.Logging;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Modules;

/// <summary>The transitions between a module's states. Only the caller that holds <c>changing</c> may make one.</summary>
internal sealed partial class ModuleSupervisor
{
    private static readonly TimeSpan DrainCheck = TimeSpan.FromMilliseconds(2);

    private async Task StartCore(CancellationToken ct, Task<PreparedModule>? preparing = null, bool accept = false)
    {
        changes++;
        // During another attempt, the module stays quarantined with its reason until it runs.
        if (State != ModuleState.Quarantined)
        {
            State = ModuleState.Starting;
        }
        try
        {
            ModuleInstance? started = null;
            var prepared = await (preparing ?? PreparedModule.Prepare(source, context));
            started = await prepared.Open((reason, fault) => Quarantine(() => started, reason, fault), ct, accept);
            instance = started;
            State = ModuleState.Running;
            Reason = Cure = null;
            LogRunning(Descriptor.Name);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            var fault = (e as StorageException)?.Fault;
            var reason = fault?.Reason ?? e.Message;
            if (reason != Reason)
            {
                LogQuarantined(e, Descriptor.Name, reason);
            }
            State = ModuleState.Quarantined;
            (Reason, Cure) = (reason, fault?.Cure);
            TryAgainIfItMayPass(fault);
        }
    }

    private void TryAgainIfItMayPass(StorageFault? fault)
    {
        if (fault is { MayPassByItself: true })
        {
            _ = TryAgainLater(changes);
        }
    }

    private async Task TryAgainLater(int seen)
    {
        try
        {
            await Task.Delay(context.Options.Writer.StorageCheck, context.Clock, ending.Token);
            await changing.WaitAsync(ending.Token);
            try
            {
                // Skipped if the module was started or stopped in another way in the meantime.
                if (State == ModuleState.Quarantined && seen == changes)
                {
                    await StartCore(ending.Token);
                }
            }
            finally
            {
                changing.Release();
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The process ends.
        }
    }

    private async Task StopCore(ModuleState state, CancellationToken ct)
    {
        State = state;
        if (instance is null)
        {
            return;
        }
        await Drain(instance, ct);
        try
        {
            // On another thread, as a module's service may block in its disposal.
            await Task.Run(() => instance.DisposeAsync().AsTask(), CancellationToken.None)
                .WaitAsync(context.Options.StopLimit, CancellationToken.None);
        }
        catch (TimeoutException)
        {
            LogStuck(Descriptor.Name);
        }
        catch (Exception e)
        {
            LogStoppedBadly(e, Descriptor.Name);
        }
        instance = null;
    }

    /// <summary>Waits until the requests that have begun are done; false when that takes too long.</summary>
    private async Task<bool> Drain(ModuleInstance running, CancellationToken ct)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct);
        timeout.CancelAfter(context.Options.Http.DrainTimeout);
        while (running.Server.InFlight > 0 && !timeout.IsCancellationRequested)
        {
            await Task.Delay(DrainCheck, CancellationToken.None);
        }
        return running.Server.InFlight == 0;
    }

    // Called when a background service of the module failed, or its file can no longer be used.
    private void Quarantine(Func<ModuleInstance?> brokenDown, string reason, StorageFault? fault) =>
        _ = Task.Run(async () =>
        {
            await changing.WaitAsync();
            try
            {
                // Skipped if the module was restarted in the meantime.
                if (State == ModuleState.Running && instance == brokenDown())
                {
                    (Reason, Cure) = (reason, fault?.Cure);
                    LogBrokeDown(Descriptor.Name, reason);
                    await StopCore(ModuleState.Quarantined, CancellationToken.None);
                    changes++;
                    TryAgainIfItMayPass(fault);
                }
            }
            finally
            {
                changing.Release();
            }
        });

    [LoggerMessage(LogLevel.Error, "Module {Module} does not stop and is left behind")]
    private partial void LogStuck(string module);

    [LoggerMessage(LogLevel.Error, "Module {Module} stopped, but one of its services failed at it")]
    private partial void LogStoppedBadly(Exception exception, string module);

    [LoggerMessage(LogLevel.Debug, "Module {Module} is running")]
    private partial void LogRunning(string module);

    [LoggerMessage(LogLevel.Error, "Module {Module} could not start and is quarantined: {Reason}")]
    private partial void LogQuarantined(Exception exception, string module, string reason);

    [LoggerMessage(LogLevel.Error, "Module {Module} broke down and is quarantined: {Reason}")]
    private partial void LogBrokeDown(string module, string reason);
}
