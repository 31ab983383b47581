using Microsoft.Extensions.Configuration;

namespace ModularShop.PurchaseHistorySync.Calls;

/// <summary>Where the other modules are, and how long to wait for them: the section <c>PurchaseHistorySync</c> of the configuration.</summary>
internal sealed record CallSettings
{
    private const string Section = "PurchaseHistorySync";

    /// <summary>The address of any process of the shop, which passes requests on. Null for the process that was asked.</summary>
    public Uri? Address { get; init; }

    /// <summary>The addresses of single modules, by their names. They save the way through another process.</summary>
    public Dictionary<string, Uri> Addresses { get; init; } = [];

    /// <summary>How long one attempt of a request may take.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long the whole answer may take, with all requests and retries.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>The pause before the second attempt. It is varied, so that many callers do not come back at the same time.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How many requests for one answer run at the same time.</summary>
    public int Parallel { get; init; } = 16;

    public static CallSettings Read(IConfiguration configuration) =>
        configuration.GetSection(Section).Get<CallSettings>() ?? new CallSettings();
}
