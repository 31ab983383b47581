using System.Text.Json.Serialization;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Requests;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Tests.Persistence;

/// <summary>What distinguishes two commands of the same type under the same key.</summary>
internal sealed class KeyedRequestTests
{
    private string directory = null!;
    private KeyedRequests requests = null!;

    [SetUp]
    public void Prepare()
    {
        directory = TestApplication.NewDirectory();
        requests = new KeyedRequests(new HashKey(directory), typeof(KeyedRequestTests).Assembly);
    }

    [TearDown]
    public void DeleteDirectory() => Directory.Delete(directory, recursive: true);

    private static IEnumerable<TestCaseData> DifferentCommands()
    {
        yield return Case("a route value that the body leaves out", new Command { Id = 1 }, new Command { Id = 2 });
        yield return Case("a field", new Command { Count = 1 }, new Command { Count = 2 });
        yield return Case("a tuple", new Command { Range = (1, 2) }, new Command { Range = (1, 3) });
        yield return Case("what a derived type adds", new Command { Shape = new Circle(1) }, new Command { Shape = new Circle(2) });
        yield return Case("the derived type", new Command { Shape = new Circle(1) }, new Command { Shape = new Square(1) });
        yield return Case("an item of a list", new Command { Shapes = [new Circle(1)] }, new Command { Shapes = [new Circle(2)] });
        yield return Case("an object", new Command { Anything = new Circle(1) }, new Command { Anything = new Circle(2) });
        yield return Case("nothing and an empty list", new Command(), new Command { Shapes = [] });
        yield return Case("a secret", new Command { Secret = "1" }, new Command { Secret = "2" });
        yield return Case("a secret that is missing", new Command { Secret = "" }, new Command());
        yield return Case("a secret within", new Command { Nested = new Nested("1", 0) }, new Command { Nested = new Nested("2", 0) });
        yield return Case("which of two has the secret", new Command { Secret = "1" }, new Command { OtherSecret = "1" });

        static TestCaseData Case(string what, Command one, Command other) => new TestCaseData(one, other).SetArgDisplayNames(what);
    }

    [TestCaseSource(nameof(DifferentCommands))]
    public void Commands_that_differ_are_told_apart(Command one, Command other) => Assert.That(Of(one), Is.Not.EqualTo(Of(other)));

    [Test]
    public void Types_that_derive_from_a_base_type_of_another_assembly_are_told_apart()
    {
        var (one, same) = (OfRow(new Near(1)), OfRow(new Near(1)));

        Assert.That(one, Is.EqualTo(same));
        Assert.That(one, Is.Not.EqualTo(OfRow(new Near(2))));
        Assert.That(one, Is.Not.EqualTo(OfRow(new Far(1))));

        KeyedRequest OfRow(IIdentified row) => requests.Of(Request(), "key", new Changed(row));
    }

    [Test]
    public void A_command_with_a_value_that_shows_nothing_of_itself_is_refused()
    {
        Assert.That(
            () => requests.Of(Request(), "key", new Sealed(new Envelope("a"))),
            Throws.InvalidOperationException.With.Message.Contains(nameof(Envelope)).And.Message.Contains("[NotCompared]")
        );
        Assert.That(() => requests.Of(Request(), "key", new Bare()), Throws.Nothing);
        Assert.That(() => requests.Of(Request(), "key", new Tolerant(new Envelope("a"))), Throws.Nothing);
    }

    [Test]
    public void Properties_that_are_computed_each_time_are_not_compared()
    {
        Assert.That(Of(new Command { Salted = "a" }), Is.EqualTo(Of(new Command { Salted = "b" })));
        Assert.That(Of(new Command { Nested = new Nested("1", 1) }), Is.EqualTo(Of(new Command { Nested = new Nested("1", 2) })));
    }

    [Test]
    public void A_data_directory_keeps_its_key()
    {
        var command = new Command { Secret = "1" };

        Assert.That(
            new KeyedRequests(new HashKey(directory), typeof(KeyedRequestTests).Assembly).Of(Request(), "key", command),
            Is.EqualTo(Of(command))
        );
        Assert.That(Of(command).Secrets, Is.Not.Null.And.Not.EqualTo(Of(command).Fingerprint));
        Assert.That(Of(new Command()).Secrets, Is.Null);
    }

    [Test]
    public void Where_the_key_cannot_be_made_the_fault_is_the_storages()
    {
        var nowhere = new KeyedRequests(new HashKey(Path.Combine(directory, "missing")), typeof(KeyedRequestTests).Assembly);

        Assert.That(() => nowhere.Of(Request(), "key", new Command { Secret = "1" }), Throws.InstanceOf<StorageException>());
        Assert.That(() => nowhere.Of(Request(), "key", new Command()), Throws.Nothing);
    }

    private KeyedRequest Of(Command command) => requests.Of(Request(), "key", command);

    private static SentRequest Request() => new(Caller.Anonymous, "POST", "/v1/commands", "key");

    internal sealed record Command
    {
        [JsonIgnore]
        public int Id { get; init; }

        public int Count;

        public (int, int) Range { get; init; }

        public Shape? Shape { get; init; }

        public IReadOnlyList<Shape>? Shapes { get; init; }

        public object? Anything { get; init; }

        [Secret]
        public string? Secret { get; init; }

        [Secret]
        public string? OtherSecret { get; init; }

        [NotCompared]
        public string? Salted { get; init; }

        public Nested? Nested { get; init; }
    }

    internal sealed record Nested([property: Secret] string Secret, [NotCompared] int Random);

    // The base type belongs to the kernel, as a base type may belong to another module's contract.
    internal sealed record Changed(IIdentified Row);

    internal sealed class Near(int radius) : IIdentified
    {
        public Guid Id => Guid.Empty;

        public int Radius => radius;
    }

    internal sealed class Far(int radius) : IIdentified
    {
        public Guid Id => Guid.Empty;

        public int Radius => radius;
    }

    internal sealed record Bare;

    internal sealed record Sealed(Envelope Envelope);

    internal sealed record Tolerant([NotCompared] Envelope Envelope);

    internal sealed class Envelope(string letter)
    {
        public override string ToString() => letter;
    }

    internal abstract record Shape;

    internal sealed record Circle(int Radius) : Shape;

    internal sealed record Square(int Radius) : Shape;
}
