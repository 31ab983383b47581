namespace ModularShop.Simulation.Tests;

internal sealed class SimulationTests
{
    private Simulation simulation = null!;

    [OneTimeSetUp]
    public void Open() => simulation = new Simulation();

    [OneTimeTearDown]
    public void Close() => simulation.Dispose();

    [TestCase(false)]
    [TestCase(true)]
    public void No_failure_and_no_order_of_execution_loses_doubles_or_reorders_anything(bool isSplit)
    {
        var failed = Seeds
            .ToPlay()
            .AsParallel()
            .Select(seed => simulation.Play(seed, isSplit))
            .FirstOrDefault(played => played.Findings.Count > 0);

        if (failed is not null)
        {
            Seeds.Keep(failed.Seed);
            Assert.Fail(
                $"Seed {failed.Seed}:\n{string.Join('\n', failed.Findings)}\n\n{simulation.Play(failed.Seed, isSplit, drawn: true).Diagram}"
            );
        }
    }

    [Test]
    public void A_seed_always_plays_in_the_same_way([Range(1, 20)] int seed, [Values] bool isSplit)
    {
        var first = simulation.Play(seed, isSplit, drawn: true);

        Assert.That(first.Findings, Is.Empty);
        Assert.That(simulation.Play(seed, isSplit, drawn: true).Diagram, Is.EqualTo(first.Diagram));
        Assert.That(simulation.Play(seed + 1000, isSplit, drawn: true).Diagram, Is.Not.EqualTo(first.Diagram));
    }
}
