using System.CommandLine;
using ModularShop.Kernel.Backups;
using ModularShop.Kernel.Persistence;

namespace ModularShop.Host.CommandLine;

/// <summary><c>restore</c>: puts a whole backup in the place of a data directory that no shop holds.</summary>
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
        var command = new Command("restore", "Put a backup in the place of a data directory.") { backup, data, force };
        command.SetAction(
            async (parse, ct) =>
            {
                var (source, target) = (RealPath.Of(parse.GetRequiredValue(backup)), RealPath.Of(parse.GetRequiredValue(data)));
                ShopCommands.MustExist(source, "backup");
                var aside = await WorkBar.Show(report => Restore(source, target, parse.GetValue(force), report, ct));
                if (aside is not null)
                {
                    Terminal.Message($"What was in {target} is in {aside}.");
                }
                Terminal.Message($"{target} is as it was at the backup. Look at it with: modularshop verify --deep --data {target}");
                return ExitCode.Ok;
            }
        );
        return command;
    }

    private static async Task<string?> Restore(string backup, string target, bool force, ReportProgress report, CancellationToken ct)
    {
        try
        {
            return await Restoration.Run(backup, target, force, TimeProvider.System, report, ct, ShopModules.All);
        }
        catch (DataExistsException e)
        {
            throw new CommandFailedException($"{e.Message} Restore to another directory, or move that data aside with --force.");
        }
    }
}
