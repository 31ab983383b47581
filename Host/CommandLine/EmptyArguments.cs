namespace ModularShop.Host.CommandLine;

/// <summary>Finds empty arguments, which scripts pass when a variable is not set. No command accepts one.</summary>
internal static class EmptyArguments
{
    /// <summary>The problem with the first empty argument; null when there is none.</summary>
    public static string? Problem(IReadOnlyList<string> args)
    {
        for (var i = 0; i < args.Count; i++)
        {
            if (
                args[i].StartsWith('-')
                && args[i].IndexOfAny(['=', ':']) is > 0 and var at
                && string.IsNullOrWhiteSpace(args[i][(at + 1)..])
            )
            {
                return $"{args[i][..at]} has an empty value.";
            }
            if (string.IsNullOrWhiteSpace(args[i]))
            {
                return i > 0 && args[i - 1].StartsWith('-') ? $"{args[i - 1]} has an empty value." : "An argument is empty.";
            }
        }
        return null;
    }
}
