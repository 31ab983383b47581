using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace ModularShop.PurchaseHistorySync.Calls;

/// <summary>
/// Reads from the public routes of other modules. Each attempt has a time limit; a transient failure is retried once; a module that
/// fails often is not asked for a moment.
/// </summary>
internal sealed class ModuleClient : IDisposable
{
    private readonly HttpClient http = new(
        new SocketsHttpHandler
        {
            ConnectTimeout = TimeSpan.FromSeconds(1),
            // Connections stay open between requests, and are renewed now and then so that a changed address is noticed.
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
        }
    )
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private readonly Dictionary<string, ResiliencePipeline> pipelines;

    public ModuleClient(CallSettings settings, TimeProvider clock) =>
        // A circuit breaker for each module: the failures of one must not stop requests to the others.
        pipelines = ShopRoutes.Modules.ToDictionary(module => module, _ => PipelineOf(settings, clock));

    /// <summary>What a module answers; null for 404.</summary>
    /// <exception cref="ModuleFailedException">It does not answer, or not with success.</exception>
    public async Task<T?> Get<T>(string module, Uri address, CancellationToken ct)
        where T : class
    {
        try
        {
            return await pipelines[module].ExecuteAsync(token => Attempt<T>(address, token), ct);
        }
        catch (TimeoutRejectedException e)
        {
            throw new ModuleFailedException($"It did not answer within {e.Timeout.TotalMilliseconds:0} ms.");
        }
        catch (BrokenCircuitException)
        {
            throw new ModuleFailedException("It failed too often, and is not asked for a moment.");
        }
        catch (Exception e) when (IsOfNetwork(e))
        {
            throw new ModuleFailedException($"It cannot be reached: {(e.InnerException ?? e).Message}");
        }
        catch (JsonException)
        {
            throw new ModuleFailedException("Its answer is not as expected.");
        }
    }

    public void Dispose() => http.Dispose();

    private static ResiliencePipeline PipelineOf(CallSettings settings, TimeProvider clock) =>
        new ResiliencePipelineBuilder { TimeProvider = clock }
            .AddRetry(
                new RetryStrategyOptions
                {
                    ShouldHandle = args => new(IsTransient(args.Outcome.Exception)),
                    MaxRetryAttempts = 1,
                    Delay = settings.RetryDelay,
                    UseJitter = true,
                }
            )
            .AddCircuitBreaker(
                new CircuitBreakerStrategyOptions
                {
                    ShouldHandle = args => new(IsTransient(args.Outcome.Exception)),
                    FailureRatio = 0.5,
                    MinimumThroughput = 20,
                    SamplingDuration = TimeSpan.FromSeconds(5),
                    BreakDuration = TimeSpan.FromSeconds(1),
                }
            )
            .AddTimeout(settings.AttemptTimeout)
            .Build();

    private static bool IsTransient(Exception? failure) =>
        failure is TimeoutRejectedException or ModuleFailedException { IsTransient: true } || failure is not null && IsOfNetwork(failure);

    private static bool IsOfNetwork(Exception failure) => failure is HttpRequestException or IOException;

    private async ValueTask<T?> Attempt<T>(Uri address, CancellationToken ct)
        where T : class
    {
        using var answer = await http.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, ct);
        if (answer.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
        if (!answer.IsSuccessStatusCode)
        {
            throw new ModuleFailedException($"It answered {(int)answer.StatusCode}.", IsTransientStatus(answer.StatusCode));
        }
        return await answer.Content.ReadFromJsonAsync<T>(JsonSerializerOptions.Web, ct) ?? throw new JsonException("The answer is null.");
    }

    private static bool IsTransientStatus(HttpStatusCode status) =>
        status is >= HttpStatusCode.InternalServerError or HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests;
}

/// <summary>Another module did not give what was asked for. The message says why.</summary>
internal sealed class ModuleFailedException(string reason, bool isTransient = false) : Exception(reason)
{
    public bool IsTransient => isTransient;
}
