using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Yarp.ReverseProxy.Forwarder;

namespace ModularShop.Kernel.Processes;

/// <summary>
/// Passes requests for modules that run in other processes on to them. Bodies are streamed, and no request is sent twice. Requests of a
/// module that is being moved wait until it runs again.
/// </summary>
internal sealed class Gateway : IDisposable
{
    // A request may reach a process that the module has just left, and be passed on once more.
    private const int MaxHops = 2;

    private readonly Placement placement;
    private readonly BusSecret secret;
    private readonly IHttpForwarder forwarder;
    private readonly BusOptions options;
    private readonly HttpOptions limits;
    private readonly HttpMessageInvoker client;
    private readonly ForwarderRequestConfig forClients;

    // An operator may follow events for hours.
    private readonly ForwarderRequestConfig forOperators = new() { ActivityTimeout = Timeout.InfiniteTimeSpan };

    public Gateway(Placement placement, BusSecret secret, IHttpForwarder forwarder, BusOptions options, HttpOptions limits)
    {
        this.placement = placement;
        this.secret = secret;
        this.forwarder = forwarder;
        this.options = options;
        this.limits = limits;
        forClients = new ForwarderRequestConfig { ActivityTimeout = options.ForwardTimeout };
        client = new HttpMessageInvoker(
            new ForwardedBody.Handler(
                new SocketsHttpHandler
                {
                    ConnectTimeout = options.ConnectTimeout,
                    UseProxy = false,
                    UseCookies = false,
                    AllowAutoRedirect = false,
                    AutomaticDecompression = DecompressionMethods.None,
                    // As the web server reads them.
                    RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8,
                    // The trace context of the client is passed on as it is.
                    ActivityHeadersPropagator = null,
                    PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
                }
            )
        );
    }

    /// <summary>
    /// Waits while a module is being moved. Afterwards, returns the process that the request must be passed on to; null when it is this
    /// one, or when that is not known.
    /// </summary>
    public ValueTask<PlacedProcess?> Find(string module, CancellationToken ct) =>
        placement.Of(module) switch
        {
            Place.At(var process) => ValueTask.FromResult<PlacedProcess?>(process),
            Place.Moving => FindAfterMove(module, ct),
            _ => ValueTask.FromResult<PlacedProcess?>(null),
        };

    /// <summary>Whether requests of a module wait here, or are passed on.</summary>
    public bool Handles(string module) => placement.Of(module) is Place.At or Place.Moving;

    /// <summary>Passes a request on to another process, and its answer back.</summary>
    /// <param name="isOfOperator">Whether it was checked that a program on this machine has sent it.</param>
    public async Task Forward(IFeatureCollection features, PlacedProcess process, bool isOfOperator)
    {
        var http = new DefaultHttpContext(features);
        var hops = (features.Get<ForwardedRequest>()?.Hops ?? 0) + 1;
        if (hops > MaxHops)
        {
            await Refuse(http, StatusCodes.Status503ServiceUnavailable, "The processes of the shop do not agree on where the module runs.");
            return;
        }
        // A module that does not read the body could do the work although this process refuses the body later.
        if (http.Request.ContentLength > limits.MaxRequestBody)
        {
            await Refuse(
                http,
                StatusCodes.Status413PayloadTooLarge,
                $"The body has more than {limits.MaxRequestBody} bytes. Nothing was changed.",
                "The request's body is too large."
            );
            return;
        }
        // The other process has its own limit.
        if (features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } body)
        {
            body.MaxRequestBodySize = null;
        }
        // With a body, .NET never sends a request a second time on its own.
        if (!HttpMethods.IsGet(http.Request.Method) && features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false })
        {
            http.Request.ContentLength = 0;
            features.Set(EmptyBody.Instance);
        }
        var header = new ForwardedRequest(hops, isOfOperator).ToHeader(secret);
        var address = process.Address.GetLeftPart(UriPartial.Authority);
        var config = isOfOperator ? forOperators : forClients;
        var error = await forwarder.SendAsync(
            http,
            address,
            client,
            config,
            new GatewayTransformer(header, isOfOperator),
            http.RequestAborted
        );
        if (error is ForwarderError.None || http.Response.HasStarted)
        {
            return;
        }
        var failure = http.Features.Get<IForwarderErrorFeature>()?.Exception;
        if (IsRefusal(failure))
        {
            await Refuse(
                http,
                StatusCodes.Status503ServiceUnavailable,
                $"Process {process} cannot be reached. Nothing was changed. Try again later."
            );
        }
        else
        {
            await Refuse(
                http,
                StatusCodes.Status502BadGateway,
                $"Process {process} did not answer. It may have been done or not. Repeat it with the same Idempotency-Key."
            );
        }
    }

    public void Dispose() => client.Dispose();

    private async ValueTask<PlacedProcess?> FindAfterMove(string module, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(options.MoveWait);
        while (placement.Of(module) is Place.Moving(var ended))
        {
            await ((Task)ended.WaitAsync(limit.Token)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (limit.IsCancellationRequested)
            {
                return null;
            }
        }
        return (placement.Of(module) as Place.At)?.Process;
    }

    // Without a connection, nothing was sent.
    private static bool IsRefusal(Exception? failure) =>
        failure is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError };

    private static Task Refuse(HttpContext http, int status, string detail, string title = "The module cannot be reached.")
    {
        http.Response.Clear();
        http.Response.StatusCode = status;
        if (status >= StatusCodes.Status500InternalServerError)
        {
            http.Response.Headers.RetryAfter = "1";
        }
        return http.Response.WriteAsJsonAsync(
            new ProblemDetails
            {
                Status = status,
                Title = title,
                Detail = detail,
            },
            options: null,
            "application/problem+json"
        );
    }

    /// <summary>Lets YARP send the empty body of a request that has none.</summary>
    private sealed class EmptyBody : IHttpRequestBodyDetectionFeature
    {
        public static readonly IHttpRequestBodyDetectionFeature Instance = new EmptyBody();

        public bool CanHaveBody => true;
    }
}
