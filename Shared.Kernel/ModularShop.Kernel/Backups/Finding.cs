namespace ModularShop.Kernel.Backups;

public enum FindingLevel
{
    Ok,

    /// <summary>Worth knowing; nothing is broken.</summary>
    Warning,

    Failed,
}

/// <summary>What would put it right.</summary>
public enum Cure
{
    None,

    /// <summary>The module's file is to be had from a sound backup.</summary>
    PutFileBack,

    /// <summary>The module replays the logs that it listens to, which are whole.</summary>
    Rebuild,

    /// <summary>The file that was read is to be put back; else the module can only forget what its log has lost.</summary>
    PutSourceBack,

    /// <summary>The file is another one than before: the right one is to be put back, or this one accepted.</summary>
    AcceptOrPutFileBack,

    /// <summary>The file belongs to a newer build.</summary>
    UseNewerBuild,

    /// <summary>A person decides about the module's dead letters.</summary>
    SettleDeadLetters,

    /// <summary>The backup is not to be trusted; another one is.</summary>
    UseAnotherBackup,

    /// <summary>The directory is not the one that was meant.</summary>
    NameAnotherDirectory,

    /// <summary>The directory for temporary files needs room, or another one is to be used.</summary>
    MakeRoomForTemporaryFiles,
}

/// <summary>One thing that was verified, and what was found.</summary>
/// <param name="Module">The module that the cure is for.</param>
public sealed record Finding(string Subject, FindingLevel Level, string Text, Cure Cure = Cure.None, string? Module = null)
{
    internal static Finding Ok(string subject, string text) => new(subject, FindingLevel.Ok, text);

    internal static Finding Warning(string subject, string text, Cure cure = Cure.None, string? module = null) =>
        new(subject, FindingLevel.Warning, text, cure, module);

    internal static Finding Failed(string subject, string text, Cure cure, string? module) =>
        new(subject, FindingLevel.Failed, text, cure, module);
}
