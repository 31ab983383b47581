namespace ModularShop.Kernel.Persistence;

/// <summary>A unit of work that waits for the writer, and the caller that waits for its outcome.</summary>
internal abstract class WriteRequest(CancellationToken callerToken)
{
    // The unit may run on another thread, but runs in its caller's context: activity, logging scopes, HttpContext.
    private readonly ExecutionContext? context = ExecutionContext.Capture();
    private int begun;

    public CancellationToken CallerToken => callerToken;

    /// <summary>Whether the unit must be the first of its group.</summary>
    public bool BeginsGroup { get; init; }

    /// <summary>How long the unit may run.</summary>
    public required TimeSpan Deadline { get; init; }

    /// <summary>Returns true to the first caller only: either the writer begins the unit, or its caller gives it up.</summary>
    public bool TryBegin() => Interlocked.Exchange(ref begun, 1) == 0;

    /// <summary>
    /// Lets a caller give up while its unit still waits. Once the unit has begun, the caller must wait, because the changes may be
    /// committed.
    /// </summary>
    public CancellationTokenRegistration GiveUpWhenCancelled() =>
        callerToken.UnsafeRegister(
            static waiting =>
            {
                var request = (WriteRequest)waiting!;
                if (request.TryBegin())
                {
                    request.Fail(new OperationCanceledException(request.CallerToken));
                }
            },
            this
        );

    public Task Run(WriteTransaction transaction, CancellationToken ct)
    {
        if (context is null)
        {
            return RunCore(transaction, ct);
        }
        var running = Task.CompletedTask;
        ExecutionContext.Run(context, _ => running = RunCore(transaction, ct), null);
        return running;
    }

    /// <summary>Why the unit failed and was rolled back. The caller is told when the group ends.</summary>
    public Exception? Failure { get; set; }

    public abstract void Complete();

    public abstract void Fail(Exception exception);

    protected abstract Task RunCore(WriteTransaction transaction, CancellationToken ct);
}

internal sealed class WriteRequest<T>(Func<WriteTransaction, CancellationToken, Task<T>> work, CancellationToken callerToken)
    : WriteRequest(callerToken)
{
    private readonly TaskCompletionSource<T> outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T result = default!;

    public Task<T> Outcome => outcome.Task;

    public override void Complete()
    {
        if (Failure is null)
        {
            outcome.SetResult(result);
        }
        else
        {
            Fail(Failure);
        }
    }

    public override void Fail(Exception exception)
    {
        if (exception is OperationCanceledException && CallerToken.IsCancellationRequested)
        {
            outcome.TrySetCanceled(CallerToken);
        }
        else
        {
            outcome.TrySetException(exception);
        }
    }

    protected override async Task RunCore(WriteTransaction transaction, CancellationToken ct)
    {
        Writer.Current.Value = transaction;
        result = await work(transaction, ct);
    }
}
