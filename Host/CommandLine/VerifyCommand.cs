using System.CommandLine;
using ModularShop.Kernel.Backups;
using ModularShop.Kernel.Modules;
using ModularShop.Kernel.Storage;

namespace ModularShop.Host.CommandLine;

/// <summary>
/// <c>verify</c>: checks whether the files of a stopped shop or of a backup are complete and consistent with each other.
/// </summary>
internal static class VerifyCommand
{
    public static Command Create()
    {
        var backup = new Argument<string?>("backup")
        {
            Description = "The directory of a backup to verify, instead of a data directory.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var data = new Option<string?>("--data")
        {
            Description = $"The data directory to verify. Default: ./{Shop.DefaultDirectory}.",
            HelpName = "DIR",
        };
        var deep = new Option<bool>("--deep") { Description = "Also recompute the read copies from the events, and compare." };
        var json = ShopCommands.Json();
        var command = new Command("verify", "Check that files, logs, checkpoints and read copies are whole and fit each other.")
        {
            backup,
            data,
            deep,
            json,
        };
        command.Validators.Add(result =>
        {
            if (result.GetResult(backup) is { Implicit: false, Tokens.Count: > 0 } && result.GetResult(data) is { Implicit: false })
            {
                result.AddError("Verify a backup or, with --data, a data directory: give one of them.");
            }
        });
        command.SetAction(
            async (parse, ct) =>
            {
                var findings = await WorkBar.Show(report =>
                    Verify(
                        parse.GetValue(backup) is { } path ? RealPath.Of(path) : null,
                        RealPath.Of(parse.GetValue(data) ?? Shop.DefaultDirectory),
                        parse.GetValue(deep),
                        report,
                        ct
                    )
                );
                var checks = findings.Select(finding => AsCheck(finding, parse.GetValue(backup) is not null)).ToList();
                Check.Print(checks, parse.GetValue(json));
                return checks.Exists(check => check.Result == CheckResult.Failed) ? ExitCode.CheckFailed : ExitCode.Ok;
            }
        );
        return command;
    }

    private static async Task<IReadOnlyList<Finding>> Verify(
        string? backup,
        string data,
        bool deep,
        ReportProgress report,
        CancellationToken ct
    )
    {
        ShopCommands.MustExist(backup ?? data, backup is null ? "data directory" : "backup");
        var verification = new Verification(ShopModules.All, deep ? Shop.Configuration() : null, report);
        try
        {
            return backup is null ? await verification.OfData(data, ct) : await verification.OfBackup(backup, ct);
        }
        catch (DirectoryInUseException e)
        {
            throw new CommandFailedException(
                $"A running shop holds {data}. Stop it first, or verify a backup of it: "
                    + $"modularshop backup DIR{(e.Url is null ? "" : $" --url {e.Url}")}, then modularshop verify DIR."
            );
        }
    }

    private static Check AsCheck(Finding finding, bool isBackup) =>
        new(
            finding.Subject,
            finding.Level switch
            {
                FindingLevel.Ok => CheckResult.Ok,
                FindingLevel.Warning => CheckResult.Warning,
                _ => CheckResult.Failed,
            },
            finding.Text,
            Fix(finding, isBackup)
        );

    private static string Sentence(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    private static string? Fix(Finding finding, bool isBackup) =>
        finding.Cure switch
        {
            _ when isBackup && finding.Level == FindingLevel.Failed && finding.Cure != Cure.UseNewerBuild => "Use another backup.",
            Cure.PutFileBack when ShopModules.OwnsData(finding.Module!) =>
                $"{Sentence(FileChecks.MoveAside($"{finding.Module}.db"))}, and put a sound one in its place; or {ModuleChecks.RestoreWhole}",
            Cure.PutFileBack => $"{Sentence(FileChecks.MoveAside($"{finding.Module}.db"))}: the module fills a new one at its next start.",
            Cure.AcceptOrPutFileBack => $"{Sentence(FileChecks.MoveAside($"{finding.Module}.db"))}, and put the right one in its place. "
                + $"If this is the right one: modularshop modules accept {finding.Module}",
            Cure.Rebuild when ShopModules.IsRebuildable(finding.Module!) => ModuleChecks.Rebuild(finding.Module!),
            Cure.PutSourceBack => ModuleChecks.PutSourceBack(finding.Module!, ShopModules.IsRebuildable(finding.Module!)),
            Cure.Rebuild => Sentence(ModuleChecks.RestoreWhole),
            Cure.UseNewerBuild => "Use the build that wrote it, or a newer one; or restore the backup that was made before the upgrade.",
            Cure.SettleDeadLetters => ModuleChecks.SettleDeadLetters(finding.Module!),
            Cure.NameAnotherDirectory => "Name the directory of a shop's files with --data, or that of a backup.",
            Cure.UseAnotherBackup => "Use another backup.",
            Cure.MakeRoomForTemporaryFiles =>
                "Name a directory with room for copies of the files, and for as much again, in TMPDIR, or free space; then verify again.",
            _ => null,
        };
}
