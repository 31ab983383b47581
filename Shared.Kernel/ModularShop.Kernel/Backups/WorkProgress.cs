namespace ModularShop.Kernel.Backups;

/// <summary>How far a long piece of work has come, for whoever waits for it.</summary>
public sealed record WorkProgress(string What, long Done, long Total);

/// <summary>Told now and then how far the work has come.</summary>
public delegate Task ReportProgress(WorkProgress progress);
