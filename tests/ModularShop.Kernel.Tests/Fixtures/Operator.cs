using System.Net.Http.Json;
using System.Text.Json;

namespace ModularShop.Kernel.Tests.Fixtures;

/// <summary>The operations of an operator over HTTP.</summary>
internal static class Operator
{
    public static Task<HttpResponseMessage> Post(this TestApplication app, string path, object? body = null) =>
        app.Http.PostAsJsonAsync(new Uri(path, UriKind.Relative), body ?? new { });

    public static async Task<JsonElement> Get(this TestApplication app, string path)
    {
        using var answer = await app.Http.GetAsync(new Uri(path, UriKind.Relative));
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    public static async Task<JsonElement> Json(this HttpResponseMessage answer) => await answer.Content.ReadFromJsonAsync<JsonElement>();

    public static async Task<IReadOnlyList<JsonElement>> Events(this TestApplication app, string module) =>
        [.. (await app.Get($"/admin/v1/modules/{module}/events")).EnumerateArray()];

    public static async Task<IReadOnlyList<JsonElement>> DeadLetters(this TestApplication app, string module) =>
        [.. (await app.Get($"/admin/v1/modules/{module}/dead-letters")).EnumerateArray()];

    /// <summary>Waits until a module has this number of dead or parked letters.</summary>
    public static Task<IReadOnlyList<JsonElement>> WaitForDeadLetters(this TestApplication app, string module, int count) =>
        Eventually.Get(() => app.DeadLetters(module), letters => letters.Count == count);

    public static async Task<JsonElement> Subscription(this TestApplication app, string subscriber, string source) =>
        (await app.Get("/admin/v1/subscriptions"))
            .EnumerateArray()
            .Single(s => s.GetProperty("subscriber").GetString() == subscriber && s.GetProperty("source").GetString() == source);

    /// <summary>Waits until a subscription is in a state, for example <c>halted</c>.</summary>
    public static Task<JsonElement> WaitForState(this TestApplication app, string subscriber, string source, string state) =>
        Eventually.Get(() => app.Subscription(subscriber, source), s => s.GetProperty("state").GetString() == state);

    public static string Text(this JsonElement element, string property) => element.GetProperty(property).GetString() ?? "";

    public static long Number(this JsonElement element, string property) => element.GetProperty(property).GetInt64();
}
