using ModularShop.Kernel.Processes;

namespace ModularShop.Kernel.Operations;

/// <summary>Asks the other processes of the shop what they know about their modules.</summary>
internal sealed class OtherProcesses(Placement placement, ProcessBus bus)
{
    /// <summary>The answer of each process or, for those that could not be asked, the reason.</summary>
    /// <param name="wait">How long the processes need, in addition to the usual time.</param>
    public async Task<IReadOnlyList<Told<T>>> Ask<T>(string path, CancellationToken ct, TimeSpan wait = default)
        where T : class => await Task.WhenAll(placement.Others.Select(process => Ask<T>(process, path, wait, ct)));

    private async Task<Told<T>> Ask<T>(PlacedProcess process, string path, TimeSpan wait, CancellationToken ct)
        where T : class
    {
        try
        {
            return new Told<T>(
                process,
                (await bus.Client.Get(process, path, wait + bus.Options.AnswerTimeout, ct)).Read<T>(),
                Problem: null
            );
        }
        catch (Exception e) when (e is ProcessUnreachableException or RefusedByProcessException or FormatException)
        {
            return new Told<T>(process, Answer: null, e.Message);
        }
    }
}

/// <summary>What another process has answered.</summary>
/// <param name="Answer">Null when it could not be asked.</param>
/// <param name="Problem">Why it could not be asked.</param>
internal sealed record Told<T>(PlacedProcess Process, T? Answer, string? Problem)
    where T : class;
