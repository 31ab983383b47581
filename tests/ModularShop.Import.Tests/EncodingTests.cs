using System.Text;
using ModularShop.Host.Import;
using static ModularShop.Import.Tests.MadeUpFile;

namespace ModularShop.Import.Tests;

/// <summary>Files that are not UTF-8, and incomplete gzip files, are refused too.</summary>
internal sealed class EncodingTests
{
    private static readonly RetailFormat Latin1 = new() { Encoding = TextEncoding.Latin1 };

    [Test]
    public void Latin1_is_refused_at_its_line_with_the_option_that_reads_it()
    {
        using var plain = new MadeUpFile(Pounds());
        using var zipped = new MadeUpFile(Gzip(Pounds()), "file.csv.gz");
        string[] expected =
        [
            "line 5: it is not UTF-8 (byte A3). Say which encoding it has, such as --encoding iso-8859-1, or convert the file.",
        ];

        Assert.Multiple(() =>
        {
            Assert.That(plain.Problems(), Is.EqualTo(expected));
            Assert.That(zipped.Problems(), Is.EqualTo(expected));
        });

        static byte[] Pounds() => Encoding.Latin1.GetBytes($"{Header}\n{Line()}\n{Line(description: "\"TWO\nLINES\nOF £5\"")}\n{Line()}\n");
    }

    [TestCase("iso-8859-1", "£5 CAFÉ")]
    [TestCase("windows-1252", "“£5” – €4")]
    public void A_file_is_read_in_the_encoding_that_is_said(string name, string description)
    {
        var encoding = TextEncoding.Find(name)!;
        using var file = new MadeUpFile(encoding.Encoding!.GetBytes($"{Header}\n{Line(description: description)}\n"));

        var plan = file.Check(format: new RetailFormat { Encoding = encoding });

        Assert.That(plan.Products.Single().Name, Is.EqualTo(description));
    }

    [Test]
    public void No_character_is_mistaken_for_another_in_silence()
    {
        using var quotes = new MadeUpFile(
            TextEncoding.Windows1252.Encoding!.GetBytes($"{Header}\n{Line(description: "“SMALL”")}\n{Line(description: "£5")}\n")
        );
        using var unicode = new MadeUpFile(Encoding.UTF8.GetBytes($"{Header}\n{Line()}\n{Line(description: "£5")}\n"));
        using var marked = new MadeUpFile([.. Encoding.UTF8.Preamble, .. Bytes(Line())]);

        Assert.Multiple(() =>
        {
            Assert.That(
                quotes.Problems(),
                Has.One.EqualTo(
                    "line 2: it is not UTF-8 (byte 93). Say which encoding it has, such as --encoding windows-1252, or convert the file."
                )
            );
            Assert.That(
                quotes.Problems(Latin1),
                Is.EqualTo(new[] { "line 2: byte 93 is no character of iso-8859-1. Try --encoding windows-1252." })
            );
            Assert.That(
                unicode.Problems(Latin1),
                Is.EqualTo(
                    new[] { "line 3: it is UTF-8, as each line with other than ASCII characters is; leave out --encoding iso-8859-1." }
                )
            );
            Assert.That(marked.Problems(Latin1), Is.EqualTo(new[] { "line 1: its mark says that it is UTF-8; leave out --encoding." }));
        });
    }

    [TestCase("utf-16")]
    [TestCase("utf-16BE")]
    public void UTF16_is_refused(string name)
    {
        var encoding = Encoding.GetEncoding(name);
        using var file = new MadeUpFile([.. encoding.Preamble, .. encoding.GetBytes($"{Header}\n{Line()}\n")]);

        Assert.That(file.Problems(), Has.One.StartsWith("line 1: it is not UTF-8 but UTF-16."));
    }

    [Test]
    public void A_gzip_file_cut_off_anywhere_is_refused()
    {
        var zipped = Gzip(Bytes([.. Enumerable.Range(1, 20).Select(i => Line($"{i * 7919}"))]));

        Assert.Multiple(() =>
        {
            for (var length = 2; length < zipped.Length; length++)
            {
                using var file = new MadeUpFile(zipped[..length], "file.csv.gz");
                Assert.That(file.Problems(), Has.One.Contains("the gzip data is cut off or damaged"), $"cut off at {length}");
            }
        });
    }

    [Test]
    public void A_gzip_file_cut_off_says_up_to_which_line_it_can_be_read()
    {
        var random = new Random(1);
        var zipped = Gzip(Bytes([.. Enumerable.Range(1, 50_000).Select(i => Line($"{i}", description: $"\"TWO\n{random.NextInt64()}\""))]));
        using var file = new MadeUpFile(zipped[..(zipped.Length / 2)], "file.csv.gz");

        var problem = file.Problems().Single();

        var line = long.Parse(problem.Split(' ', ':')[1]);
        Assert.Multiple(() =>
        {
            Assert.That(line, Is.InRange(40_000, 60_000).And.Matches<long>(l => l % 2 == 0), "each takes two lines, behind a header");
            Assert.That(problem, Does.Contain($"it could be read up to line {line - 1}"));
        });
    }

    [Test]
    public void Damage_to_a_gzip_file_is_noticed()
    {
        var zipped = Gzip(Bytes(Line()));
        zipped[^6] ^= 1;
        using var file = new MadeUpFile(zipped, "file.csv.gz");

        Assert.That(file.Problems(), Has.One.Contains("the gzip data is cut off or damaged"));
    }

    [Test]
    public void Gzip_is_recognised_by_its_content()
    {
        using var named = new MadeUpFile(Gzip(Bytes(Line())), "file.csv");
        using var unzipped = new MadeUpFile(Bytes(Line()), "file.csv.gz");
        using var joined = new MadeUpFile([.. Gzip(Bytes(Line("1"))), .. Gzip(Encoding.UTF8.GetBytes(Line("2")))], "file.csv.gz");

        Assert.Multiple(() =>
        {
            Assert.That(named.Check().Rows, Is.EqualTo(1));
            Assert.That(joined.Check().Rows, Is.EqualTo(2));
            Assert.That(unzipped.Problems(), Is.EqualTo(new[] { "this is not gzip data, although the name ends in .gz." }));
        });
    }
}
