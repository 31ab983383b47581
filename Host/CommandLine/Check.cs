namespace ModularShop.Host.CommandLine;

internal enum CheckResult
{
    Ok,

    /// <summary>Notable, but nothing is broken.</summary>
    Warning,

    Failed,
}

/// <summary>The result of one check of the doctor, and how to fix it.</summary>
internal sealed record Check(string Name, CheckResult Result, string Finding, string? Fix)
{
    public static Check Ok(string name, string finding) => new(name, CheckResult.Ok, finding, Fix: null);

    public static Check Warning(string name, string finding, string fix) => new(name, CheckResult.Warning, finding, fix);

    public static Check Failed(string name, string finding, string fix) => new(name, CheckResult.Failed, finding, fix);

    /// <summary>Prints the checks for people or as JSON, and the number of failed ones.</summary>
    public static void Print(IReadOnlyCollection<Check> checks, bool json)
    {
        if (json)
        {
            Terminal.Json(checks);
            return;
        }
        Terminal.Table(
            ["Check", "Result", "Finding", "Fix"],
            checks.Select(check => new[] { check.Name, check.Result.ToString().ToLowerInvariant(), check.Finding, check.Fix })
        );
        var failed = checks.Count(check => check.Result == CheckResult.Failed);
        var warnings = checks.Count(check => check.Result == CheckResult.Warning);
        Terminal.Message(
            failed > 0 ? $"{failed} of {checks.Count} checks failed."
            : warnings > 0 ? $"Nothing failed; {warnings} of {checks.Count} checks are warnings."
            : "All is well."
        );
    }
}
