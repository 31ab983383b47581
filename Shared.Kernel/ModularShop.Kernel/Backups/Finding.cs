namespace ModularShop.Kernel.Backups;

public enum FindingLevel
{
    Ok,

    /// <summary>Notable, but nothing is broken.</summary>
    Warning,

    Failed,
}

/// <summary>What repairs a finding.</summary>
public enum Cure
{
    None,

    /// <summary>Restore the module's file from an intact backup.</summary>
    PutFileBack,

    /// <summary>Rebuild the module: it replays the logs of its sources, which are complete.</summary>
    Rebuild,

    /// <summary>Put back the source's file that the module had read. Otherwise the module can only drop what the log has lost.</summary>
    PutSourceBack,

    /// <summary>The file is a different one than before. Put the right one back, or accept this one.</summary>
    AcceptOrPutFileBack,

    /// <summary>The file was written by a newer build, which must be used.</summary>
    UseNewerBuild,

    /// <summary>A person must decide about the module's dead letters.</summary>
    SettleDeadLetters,

    /// <summary>This backup cannot be trusted. Use another one.</summary>
    UseAnotherBackup,

    /// <summary>The directory is not the intended one.</summary>
    NameAnotherDirectory,

    /// <summary>Free space in the directory for temporary files, or use another one.</summary>
    MakeRoomForTemporaryFiles,
}

/// <summary>The result of one check.</summary>
/// <param name="Module">The module that the cure applies to.</param>
public sealed record Finding(string Subject, FindingLevel Level, string Text, Cure Cure = Cure.None, string? Module = null)
{
    internal static Finding Ok(string subject, string text) => new(subject, FindingLevel.Ok, text);

    internal static Finding Warning(string subject, string text, Cure cure = Cure.None, string? module = null) =>
        new(subject, FindingLevel.Warning, text, cure, module);

    internal static Finding Failed(string subject, string text, Cure cure, string? module) =>
        new(subject, FindingLevel.Failed, text, cure, module);
}
