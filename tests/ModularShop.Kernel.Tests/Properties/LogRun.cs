using ModularShop.Kernel.Events;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Storage;
using static ModularShop.Kernel.Tests.Properties.EventLogProperties;

namespace ModularShop.Kernel.Tests.Properties;

/// <summary>A real log, compared with its model.</summary>
internal sealed class LogRun(string directory, KernelOptions options) : IAsyncDisposable
{
    private readonly LogModel model = new(options.Writer.MaxGroup);
    private LogFile file = LogFile.Open(directory, "publisher", options);

    public async Task Do(Operation operation)
    {
        switch (operation)
        {
            case Operation.Write write:
                await Write(write.Units);
                break;
            case Operation.Reopen:
                await file.DisposeAsync();
                file = LogFile.Open(directory, "publisher", options);
                break;
            case Operation.Read read:
                Read(read);
                break;
        }
    }

    /// <summary>Each way to read the log returns what the model contains.</summary>
    public async Task Check()
    {
        var log = file.Log;
        Expect.Equal(log.LastPosition, model.Committed.Count, "last position");
        Expect.Sequence(log.ReadFile(after: 0, int.MaxValue), model.Committed, "the file");
        for (var position = 0; position <= model.Committed.Count + 1; position++)
        {
            var expected = model.Committed.ElementAtOrDefault(position - 1)?.EventId;
            Expect.Equal(log.EventAt(position), expected, $"event at {position}");
        }
        for (var after = 0; after < model.Committed.Count; after++)
        {
            await ReadAsSubscriber(after, max: 1 + after % 4);
        }
        using var cancellation = new CancellationTokenSource();
        var waiting = log.ReadAsync(await log.PlaceAt(model.Committed.Count, default), max: 1, cancellation.Token).AsTask();
        Expect.True(!waiting.IsCompleted, "who has read all waits");
        await cancellation.CancelAsync();
        await waiting.ContinueWith(_ => { }, TaskScheduler.Default);
    }

    public ValueTask DisposeAsync() => file.DisposeAsync();

    private async Task Write(IReadOnlyList<Unit> units)
    {
        var gate = new TaskCompletionSource();
        var first = file.Writer.Run((_, _) => gate.Task.ContinueWith(_ => 0, TaskScheduler.Default), default);
        var given = units.Select(_ => new List<Envelope>()).ToList();
        var running = units.Select((unit, i) => file.Writer.Run((transaction, _) => Run(transaction, unit, given[i]), default)).ToList();
        gate.SetResult();
        await Ended(first);
        var outcomes = model.Write(units);
        for (var i = 0; i < units.Count; i++)
        {
            Expect.Equal(await Ended(running[i]), outcomes[i].Ending, $"end of unit {i}");
            Expect.Sequence(given[i], outcomes[i].Given, $"what unit {i} appended");
        }
    }

    private Task<int> Run(WriteTransaction transaction, Unit unit, List<Envelope> given)
    {
        Append(transaction, unit.Steps, given);
        switch (unit.Ending)
        {
            case Ending.Failed:
                throw new ToldToFailException();
            case Ending.TransactionLost:
                using (var rollback = transaction.Connection.CreateCommand())
                {
                    rollback.CommandText = "ROLLBACK";
                    rollback.ExecuteNonQuery();
                }
                GoOnRegardless(given);
                break;
        }
        return Task.FromResult(0);
    }

    private void GoOnRegardless(List<Envelope> given)
    {
        if (given.Count == 0)
        {
            return;
        }
        try
        {
            file.Pending.Append(given[0] with { EventId = Guid.CreateVersion7() });
        }
        catch (Exception e) when (e is not ModelDiffersException)
        {
            // A unit that ignores errors.
        }
    }

    private void Append(WriteTransaction transaction, IReadOnlyList<Step> steps, List<Envelope> given)
    {
        foreach (var step in steps)
        {
            if (step is Step.Append append)
            {
                given.Add(file.Pending.Append(append.Draft));
            }
            else if (step is Step.Nested nested)
            {
                transaction.Save();
                Append(transaction, nested.Steps, given);
                if (nested.Kept)
                {
                    transaction.Release();
                }
                else
                {
                    transaction.RollBack();
                }
            }
        }
    }

    private static async Task<Ending> Ended(Task task)
    {
        try
        {
            await task;
            return Ending.Kept;
        }
        catch (ToldToFailException)
        {
            return Ending.Failed;
        }
        catch (StorageException)
        {
            return Ending.TransactionLost;
        }
    }

    private void Read(Operation.Read read) =>
        Expect.Sequence(
            file.Log.ReadFile(read.After, read.Max, read.Name, read.Key, read.MaxCharacters),
            UpTo(
                read.MaxCharacters,
                model
                    .Committed.Skip(read.After)
                    .Where(e => (read.Name is null || e.Name == read.Name) && (read.Key is null || e.Key == read.Key))
                    .Take(read.Max)
            ),
            $"{read}"
        );

    private async Task ReadAsSubscriber(int after, int max)
    {
        var read = await file.Log.ReadAsync(await file.Log.PlaceAt(after, default), max, default);
        var expected = model.Committed.Skip(after).Take(max).ToList();
        // Memory returns all of them. The file returns fewer when they are large, but at least one.
        var fewer = UpTo(options.Delivery.TailBytes, expected);
        Expect.True(read.Count == expected.Count || read.Count == fewer.Count, $"{read.Count} events after {after}, of {max}");
        Expect.Sequence(read, expected.Take(read.Count), $"what a subscriber reads after {after}");
    }

    // Up to the event that reaches the number of characters.
    private static List<Envelope> UpTo(int maxCharacters, IEnumerable<Envelope> events)
    {
        var taken = new List<Envelope>();
        foreach (var envelope in events)
        {
            if (taken.Sum(e => e.Payload.Length) >= maxCharacters)
            {
                break;
            }
            taken.Add(envelope);
        }
        return taken;
    }

    private sealed class ToldToFailException : Exception;
}
