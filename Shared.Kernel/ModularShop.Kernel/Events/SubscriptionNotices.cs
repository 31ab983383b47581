using Microsoft.Extensions.Logging;

namespace ModularShop.Kernel.Events;

/// <summary>
/// What an operator should know after a change of the code: checkpoints and dead letters whose event names have no handler any more, and
/// events that now have a handler but were skipped before.
/// </summary>
internal sealed partial class SubscriptionNotices(
    ModuleIdentity module,
    HandledEvents handled,
    ReadCopies copies,
    Checkpoints checkpoints,
    DeadLetters deadLetters,
    ILogger<SubscriptionNotices> logger
)
{
    public IReadOnlyList<string> All { get; private set; } = [];

    /// <summary>Finds the notices in the module's file, and logs them. Called once, before events are applied.</summary>
    public void Collect()
    {
        All =
        [
            .. checkpoints.All().SelectMany(Of),
            .. deadLetters
                .OpenNames()
                .Where(name => handled.Find(name) is null)
                .Select(name => $"There are dead letters of '{name}', which nothing in this build handles."),
        ];
        foreach (var notice in All)
        {
            LogNotice(module.Name, notice);
        }
    }

    private IEnumerable<string> Of(Checkpoint checkpoint)
    {
        if (!handled.Sources.Contains(checkpoint.Source))
        {
            yield return $"There is a checkpoint of '{checkpoint.Source}', which nothing in this build handles.";
        }
        else if (checkpoint.Position > 0)
        {
            foreach (var name in handled.NamesFrom(checkpoint.Source).Except(checkpoint.Handled))
            {
                yield return $"'{name}' is handled now, but was not when this module began to read '{checkpoint.Source}': earlier ones "
                    + (
                        copies.ReplayedFrom(checkpoint.Source).Contains(name)
                            ? "were skipped. Rebuild the module to have them."
                            : "were skipped, and stay so: what handles them fills no read copy that could be rebuilt."
                    );
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Module}: {Notice}")]
    private partial void LogNotice(string module, string notice);
}
