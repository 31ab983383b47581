using System.Text;
using System.Text.Json;

namespace ModularShop.SystemTests.BadInput;

/// <summary>Hostile values, in every form that a value can have.</summary>
internal static class BadValues
{
    public const int Long = 100_000;

    private const int Deep = 10_000;

    /// <summary>Strings as they are, each valid Unicode.</summary>
    public static readonly string[] Strings =
    [
        "",
        " ",
        "\t\r\n",
        "null",
        "-1",
        "NaN",
        "1e400",
        "99999999999999999999",
        "1,50",
        "0.99999999999999999999999999999999",
        "' OR '1'='1' --",
        "\"; DROP TABLE products; --",
        "%' ESCAPE '_",
        "*",
        "\"",
        "\"\"\"",
        "a*b* ^c",
        "name : x",
        "{sku name} : (\"",
        "a AND NOT",
        "NEAR(a b, 5",
        "a OR (b AND",
        "../../../../../../tea.txt",
        "..%2f..%2ftea.txt",
        "{0} ${1} #{2} %s %n",
        "<script>alert(1)</script>",
        "a\0b",
        "\0",
        "\u0001\u0008\u001b[31m\u007f",
        "\u202eabc\u2028\ufeff\ufffd\uffff",
        "e\u0301\u0301\u0301 \ud83d\ude00",
        "2026-01-02T03:04:05Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59.9999999-14:00",
        "00000000-0000-0000-0000-000000000000",
        "ffffffff-ffff-ffff-ffff-ffffffffffff",
        "{01234567-89ab-cdef-0123-456789abcdef}",
        "01234567-89ab-cdef-0123-456789abcdeg",
    ];

    /// <summary>Values for a header, which is used as it is or compared.</summary>
    public static readonly string[] InHeader =
    [
        "",
        " ",
        "' OR '1'='1' --",
        "\"; DROP TABLE products; --",
        "\"",
        "1e400",
        "a\0b",
        "\u0001",
        "e\u0301 \ud83d\ude00",
    ];

    public static readonly string TooLong = new('x', Long);

    /// <summary>JSON of another type than expected, and numbers.</summary>
    public static readonly string[] Json =
    [
        "null",
        "true",
        "0",
        "-1",
        "1",
        "0.5",
        "0.00001",
        "1e-30",
        "0.99999999999999999999999999999999",
        "1e400",
        "-1e400",
        "1e-400",
        "2147483648",
        "-2147483649",
        "9223372036854775808",
        "99999999999999999999",
        "79228162514264337593543950336",
        "NaN",
        "Infinity",
        "-",
        "01",
        "\"1\"",
        "[]",
        "[null]",
        "[[]]",
        "{}",
        "{\"a\":1}",
        "\"\\ud800\"",
        "\"\\udc00\\ud800\"",
        "\"\\x\"",
        "\"open",
        Nested("[", "]"),
        Nested("{\"a\":", "}"),
    ];

    /// <summary>Whole bodies, for an endpoint that has a body.</summary>
    public static IEnumerable<(string Name, byte[] Body)> Bodies =>
        Json.Concat(["", " ", "{", "}", "[", "{]", "{\"a\"}", "{,}", "{\"a\":1,}", "{'a':1}", "// no\n{}", "<xml/>", "a=1&b=2"])
            .Select(json => ($"body {Brief(json)}", Encoding.UTF8.GetBytes(json)))
            .Concat([
                ("body of invalid UTF-8", [(byte)'{', (byte)'"', 0xff, 0xfe, 0xc0, 0x80, (byte)'"', (byte)':', (byte)'1', (byte)'}']),
                ("body of NULs", new byte[1000]),
                ("body of UTF-16", Encoding.Unicode.GetBytes("{}")),
                ("body of a surrogate in UTF-8", [(byte)'"', 0xed, 0xa0, 0x80, (byte)'"']),
                ("body of many elements", Encoding.UTF8.GetBytes($"[{string.Join(',', Enumerable.Repeat("{}", 10_000))}]")),
            ]);

    /// <summary>Values for a path or a query that no encoder produces.</summary>
    public static readonly string[] RawInAddress =
    [
        "%",
        "%z",
        "%zz",
        "%2",
        "%ff%fe",
        "%c0%80",
        "%ed%a0%80",
        "%u0041",
        "%2F",
        "%5c..%5c",
        "+",
        ";a=b",
    ];

    /// <summary>Cursors that the shop never returned.</summary>
    public static IEnumerable<string> Cursors(string? real)
    {
        foreach (var json in Json.Where(json => json.Length < 1000).Append("\0").Append(""))
        {
            yield return Encoded(json);
            foreach (var changed in real is null ? [] : Changed(real, json))
            {
                yield return Encoded(changed);
            }
        }
        if (real is not null)
        {
            yield return Encoded(real[..^1]);
            yield return Encoded(real) + "=";
            yield return Encoded(real) + "!";
        }
    }

    // The cursor's JSON, with one of its values replaced at a time.
    private static IEnumerable<string> Changed(string real, string json)
    {
        var properties = JsonElement.Parse(real).EnumerateObject().ToList();
        return properties.Select(changed =>
            $"{{{string.Join(',', properties.Select(p => $"\"{p.Name}\":{(p.Name == changed.Name ? json : p.Value.GetRawText())}"))}}}"
        );
    }

    public static string Encoded(string json) => System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));

    public static string Brief(string value) =>
        value.Length <= 40 ? value.Replace("\0", "\\0", StringComparison.Ordinal) : $"{value[..20]}... ({value.Length})";

    private static string Nested(string open, string close) =>
        string.Concat(Enumerable.Repeat(open, Deep)) + "1" + string.Concat(Enumerable.Repeat(close, Deep));
}
