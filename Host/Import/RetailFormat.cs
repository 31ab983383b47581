using System.Text;

namespace ModularShop.Host.Import;

/// <summary>Whether the month or the day comes first in a date such as 05/12/2010.</summary>
internal enum DateOrder
{
    MonthFirst,
    DayFirst,
}

/// <summary>What is known about a file before it is read.</summary>
internal sealed record RetailFormat
{
    public TextEncoding Encoding { get; init; } = TextEncoding.Utf8;

    /// <summary>Null to find it from the dates in the file.</summary>
    public DateOrder? Dates { get; init; }

    /// <summary>The clock that decides whether a sale is in the past.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}

/// <summary>A supported encoding of sales files.</summary>
/// <param name="Encoding">Null for UTF-8, which the CSV reader reads directly.</param>
internal sealed record TextEncoding(string Name, Encoding? Encoding, params string[] OtherNames)
{
    public static readonly TextEncoding Utf8 = new("utf-8", null, "utf8");

    public static readonly TextEncoding Latin1 = new("iso-8859-1", System.Text.Encoding.Latin1, "latin1", "latin-1");

    public static readonly TextEncoding Windows1252 = new(
        "windows-1252",
        CodePagesEncodingProvider.Instance.GetEncoding(1252)!,
        "cp1252",
        "windows1252"
    );

    public static readonly IReadOnlyList<TextEncoding> All = [Utf8, Latin1, Windows1252];

    /// <summary>The encoding with this name; null when there is none.</summary>
    public static TextEncoding? Find(string? name) =>
        All.FirstOrDefault(encoding => encoding.OtherNames.Prepend(encoding.Name).Contains(name, StringComparer.OrdinalIgnoreCase));
}
