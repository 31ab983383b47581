using ModularShop.Kernel.Operations;

namespace ModularShop.Host.CommandLine;

/// <summary>The doctor's checks of the write-ahead log of each module's file.</summary>
internal static class WalChecks
{
    private const long Mebibyte = 1024 * 1024;

    // Overlapping readers may delay the emptying, so the log may exceed its limit for some time.
    private const int FarAbove = 2;

    public static Check OfModule(string directory, ModuleView module)
    {
        var name = $"WAL of {module.File}";
        var fix =
            $"See which programs besides the shop have the file open (fuser -v {Path.Combine(directory, module.File)}), and end the transaction or the "
            + $"program that reads for so long; then the WAL shrinks by itself. Never delete {module.File}-wal: it holds committed data.";
        return module switch
        {
            _ when module.WalBytes > module.WalLimit * FarAbove => Check.Warning(
                name,
                $"{module.WalBytes / Mebibyte:N0} MiB, far above the {module.WalLimit / Mebibyte:N0} MiB at which it is emptied: "
                    + "most likely a reader stays open, such as a backup tool or a database browser.",
                fix
            ),
            { WalHoldsErased: true } => Check.Warning(name, "Erased data may still stand in it: a reader that stays open needs it.", fix),
            _ => Check.Ok(name, $"{module.WalBytes / Mebibyte:N0} MiB, beside {module.FileBytes / Mebibyte:N0} MiB of the file."),
        };
    }
}
