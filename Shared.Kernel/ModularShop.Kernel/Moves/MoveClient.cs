using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using ModularShop.Kernel.Processes;

namespace ModularShop.Kernel.Moves;

/// <summary>Asks the process that gets a module, over its bus routes.</summary>
/// <exception cref="ProcessUnreachableException">It does not answer.</exception>
/// <exception cref="RefusedByProcessException">It answered with another status than success.</exception>
internal sealed class MoveClient(BusClient client, PlacedProcess process, BusOptions options)
{
    private static readonly TimeSpan TrialLimit = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan FileLimit = TimeSpan.FromHours(2);

    public PlacedProcess Process => process;

    public async Task<MoveOffer> Consider(MoveQuestion question, CancellationToken ct) =>
        (await Post("/bus/v1/moves/consider", JsonContent.Create(question), options.AnswerTimeout, ct)).Read<MoveOffer>();

    /// <summary>Returns when the module was tried out there.</summary>
    public Task Begin(MovePlan plan, bool isSameDirectory, CancellationToken ct) =>
        Post($"{PathOf(plan)}/begin?same={isSameDirectory}", JsonContent.Create(plan), TrialLimit, ct);

    /// <summary>Returns the SHA-256 of what has arrived.</summary>
    public async Task<string> SendFile(MovePlan plan, Stream content, long length, IncrementalHash hash, CancellationToken ct) =>
        (await Post($"{PathOf(plan)}/file", new FilePart(content, length, hash), FileLimit, ct)).Read<MoveReceipt>().Hash;

    public Task SendWal(MovePlan plan, long offset, Stream content, long length, CancellationToken ct) =>
        Post(
            string.Create(CultureInfo.InvariantCulture, $"{PathOf(plan)}/wal?offset={offset}"),
            new FilePart(content, length, hash: null),
            FileLimit,
            ct
        );

    public async Task<MoveOutcome> Accept(MovePlan plan, MoveSeal seal, CancellationToken ct) =>
        (await Post($"{PathOf(plan)}/accept", JsonContent.Create(seal), options.MoveWait, ct)).Read<MoveOutcome>();

    public async Task<MoveOutcome> Refuse(MovePlan plan, CancellationToken ct) =>
        (await Post($"{PathOf(plan)}/refuse", JsonContent.Create(plan), options.AnswerTimeout, ct)).Read<MoveOutcome>();

    private static string PathOf(MovePlan plan) => $"/bus/v1/moves/{plan.Module}/{plan.Id}";

    private Task<BusAnswer> Post(string path, HttpContent body, TimeSpan limit, CancellationToken ct) =>
        client.Post(process, path, body, limit, ct);

    private sealed class FilePart(Stream content, long length, IncrementalHash? hash) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            var buffer = new byte[128 * 1024];
            for (var left = length; left > 0; )
            {
                var read = await content.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, left)));
                if (read == 0)
                {
                    throw new IOException("The file became shorter while it was read.");
                }
                hash?.AppendData(buffer, 0, read);
                await stream.WriteAsync(buffer.AsMemory(0, read));
                left -= read;
            }
        }

        protected override bool TryComputeLength(out long computed)
        {
            computed = length;
            return true;
        }
    }
}
