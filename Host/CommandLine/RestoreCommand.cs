using System.CommandLine;
using ModularShop.Kernel.Backups;
using ModularShop.Kernel.Storage;

namespace ModularShop.Host.CommandLine;

/// <summary><c>restore</c>: replaces a data directory that no shop holds with a complete backup.</summary>
internal static class RestoreCommand
{
    public static Command Create()
    {
        var backup = new Argument<string>("backup") { Description = "The directory of the backup." };
        var data = new Option<string>("--data")
        {
            Description = "The data directory to put it in.",
            HelpName = "DIR",
            Required = true,
        };
        var force = new Option<bool>("--force") { Description = "Move data that is there aside; it is not deleted." };
        var incomplete = new Option<bool>("--incomplete")
        {
            Description =
                "Restore a backup that lacks files, too; the modules of these do not start until their files are put back, but for those that own nothing.",
        };
        var command = new Command("restore", "Put a backup in the place of a data directory.") { backup, data, force, incomplete };
        command.SetAction(
            async (parse, ct) =>
            {
                var (source, target) = (RealPath.Of(parse.GetRequiredValue(backup)), RealPath.Of(parse.GetRequiredValue(data)));
                ShopCommands.MustExist(source, "backup");
                var aside = await WorkBar.Show(report =>
                    Restore(source, target, parse.GetValue(force), parse.GetValue(incomplete), report, ct)
                );
                if (aside is not null)
                {
                    Terminal.Message($"What was in {target} is in {aside}.");
                }
                foreach (var gap in BackupManifest.Read(source).Gaps ?? [])
                {
                    Terminal.Message(
                        $"{gap.Name} was not in the backup. "
                            + (
                                ShopModules.OwnsData(Path.GetFileNameWithoutExtension(gap.Name))
                                    ? $"Its module does not start without it: put the {gap.Name} of another backup there."
                                    : "Its module fills a new one from the events of the others."
                            )
                    );
                }
                Terminal.Message($"{target} is as it was at the backup. Look at it with: modularshop verify --deep --data {target}");
                return ExitCode.Ok;
            }
        );
        return command;
    }

    private static async Task<string?> Restore(
        string backup,
        string target,
        bool force,
        bool incomplete,
        ReportProgress report,
        CancellationToken ct
    )
    {
        try
        {
            return await Restoration.Run(backup, target, force, incomplete, TimeProvider.System, report, ct, ShopModules.Descriptors);
        }
        catch (IncompleteBackupException e)
        {
            throw new CommandFailedException($"{e.Message} Restore another backup, or what there is with --incomplete.");
        }
        catch (DataExistsException e)
        {
            throw new CommandFailedException($"{e.Message} Restore to another directory, or move that data aside with --force.");
        }
    }
}
