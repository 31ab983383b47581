namespace ModularShop.Kernel.Backups;

/// <summary>The progress of a long operation, to be shown to a person.</summary>
public sealed record WorkProgress(string What, long Done, long Total);

/// <summary>Called from time to time with the progress of the operation.</summary>
public delegate Task ReportProgress(WorkProgress progress);
