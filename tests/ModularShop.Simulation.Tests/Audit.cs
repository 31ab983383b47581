using Microsoft.Data.Sqlite;

namespace ModularShop.Simulation.Tests;

/// <summary>Compares the contents of the files with what was requested, when all activity has ended.</summary>
internal sealed class Audit(World world, Scenario scenario)
{
    private readonly List<string> findings = [];

    /// <summary>A description of each broken guarantee; empty when there is none.</summary>
    public IReadOnlyList<string> Run()
    {
        foreach (var node in world.Nodes)
        {
            Expect(node.Started.IsCompletedSuccessfully && !node.IsDead, $"{node.Name} does not run.");
            LogIsContiguous(node);
            OperationsAreWholeOrAbsent(node);
        }
        EachEventIsAppliedOnce("beta", "alpha", "alpha.counted");
        EachEventIsAppliedOnce("gamma", "alpha", "alpha.counted");
        EachEventIsAppliedOnce("gamma", "beta", "beta.echoed");
        EchoesAreThoseOfWhatBetaApplied();
        DiscardsAreKept();
        return findings;
    }

    private void LogIsContiguous(Node node)
    {
        var positions = Read(node, "SELECT position FROM event_log ORDER BY position", row => row.GetInt64(0));
        Expect(
            positions.SequenceEqual(Enumerable.Range(1, positions.Count).Select(i => (long)i)),
            $"The log of {node.Name} has the positions {string.Join(' ', positions)}."
        );
    }

    private void OperationsAreWholeOrAbsent(Node node)
    {
        var rows = Read(node, "SELECT operation FROM operations", row => row.GetInt32(0)).ToHashSet();
        var published = Read(
                node,
                """
                SELECT payload ->> '$.operation', payload ->> '$.index' FROM event_log
                WHERE name <> 'alpha.ignored' AND causation_id IS NULL ORDER BY position
                """,
                row => (Operation: row.GetInt32(0), Index: row.GetInt32(1))
            )
            .ToLookup(part => part.Operation, part => part.Index);
        foreach (var operation in scenario.Operations.Where(operation => operation.Module == node.Name))
        {
            var exists = rows.Contains(operation.Number);
            Expect(exists || operation.Outcome != Outcome.Acknowledged, $"Operation {operation.Number} was acknowledged and is lost.");
            Expect(!exists || operation.Outcome != Outcome.Refused, $"Operation {operation.Number} was refused and is there.");
            Expect(!exists || !operation.BreaksARule, $"Operation {operation.Number} broke a rule and is there.");
            Expect(
                published[operation.Number].SequenceEqual(Enumerable.Range(0, exists ? operation.Parts : 0)),
                $"Operation {operation.Number} (there: {exists}) has the events {string.Join(' ', published[operation.Number])}."
            );
        }
    }

    private void EachEventIsAppliedOnce(string subscriber, string source, string name)
    {
        var node = world.Find(subscriber);
        var discarded = Discarded(node, source);
        var expected = Read(
                world.Find(source),
                $"SELECT position, key FROM event_log WHERE name = '{name}' ORDER BY position",
                row => (Position: row.GetInt64(0), Key: row.GetString(1))
            )
            .Where(logged => !discarded.Contains(logged.Position))
            .ToList();
        var applied = Read(
            node,
            $"SELECT position, key FROM applied WHERE source = '{source}' ORDER BY id",
            row => (Position: row.GetInt64(0), Key: row.GetString(1))
        );
        foreach (var key in expected.Concat(applied).Select(logged => logged.Key).Distinct())
        {
            var (want, have) = (Positions(expected, key), Positions(applied, key));
            Expect(have == want, $"{subscriber} applied {have} of {key} from {source}, and was to apply {want}.");
        }
        var log = Read(world.Find(source), "SELECT coalesce(max(position), 0) FROM event_log", row => row.GetInt64(0))[0];
        var checkpoint = Read(node, $"SELECT position FROM checkpoints WHERE source = '{source}'", row => row.GetInt64(0));
        Expect(
            checkpoint is [var at] && at == log,
            $"The checkpoint of {subscriber} is at {string.Join(' ', checkpoint)}, the log of {source} ends at {log}."
        );
    }

    private void EchoesAreThoseOfWhatBetaApplied()
    {
        var applied = Read(world.Find("beta"), "SELECT count(*) FROM applied WHERE source = 'alpha'", row => row.GetInt64(0))[0];
        var echoes = Read(
            world.Find("beta"),
            "SELECT count(*), count(DISTINCT causation_id) FROM event_log WHERE causation_id IS NOT NULL",
            row => (All: row.GetInt64(0), Distinct: row.GetInt64(1))
        )[0];
        Expect(
            echoes == (applied, applied),
            $"Beta applied {applied} events of alpha and echoed {echoes.All}, {echoes.Distinct} of them different."
        );
    }

    private void DiscardsAreKept()
    {
        foreach (var discard in scenario.Discards)
        {
            Expect(
                Discarded(world.Find(discard.Module), discard.Source).Contains(discard.Position),
                $"{discard.Module} was told to discard {discard.Source} {discard.Position}, and forgot it."
            );
        }
    }

    private static HashSet<long> Discarded(Node node, string source) =>
        [
            .. Read(
                node,
                $"SELECT position FROM dead_letters WHERE status = 'discarded' AND reason IS NOT NULL AND source = '{source}'",
                row => row.GetInt64(0)
            ),
        ];

    private static string Positions(IEnumerable<(long Position, string Key)> events, string key) =>
        string.Join(' ', events.Where(logged => logged.Key == key).Select(logged => logged.Position));

    private static List<T> Read<T>(Node node, string sql, Func<SqliteDataReader, T> read)
    {
        using var command = node.Database.Writer.CreateCommand();
        command.CommandText = sql;
        using var rows = command.ExecuteReader();
        var list = new List<T>();
        while (rows.Read())
        {
            list.Add(read(rows));
        }
        return list;
    }

    private void Expect(bool kept, string finding)
    {
        if (!kept)
        {
            findings.Add(finding);
        }
    }
}
