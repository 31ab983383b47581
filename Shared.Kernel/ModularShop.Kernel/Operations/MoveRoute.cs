using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using ModularShop.Kernel.Moves;

namespace ModularShop.Kernel.Operations;

/// <summary>
/// Moves a module to another process. The answer is one JSON object per line: what is done, and at the end the longest pause of a request
/// or an error.
/// </summary>
internal static class MoveRoute
{
    public static void MapMove(this RouteGroupBuilder admin) => admin.MapPost("/modules/{module}/move", Move);

    private static async Task Move(string module, Body body, Departures departures, HttpContext http)
    {
        if (string.IsNullOrWhiteSpace(body.To))
        {
            throw new BadRequestException("Name the process that the module is moved to.", "to");
        }
        http.Response.ContentType = "application/x-ndjson";
        try
        {
            var pause = await departures.Move(module, body.To, body.DryRun, text => Say(new(text)), http.RequestAborted);
            await Say(new(PauseMilliseconds: pause.TotalMilliseconds));
        }
        catch (Exception e) when (http.Response.HasStarted)
        {
            await Say(new(Error: e.Message));
        }

        async Task Say(Line line)
        {
            try
            {
                await http.Response.WriteAsync(JsonSerializer.Serialize(line, Json) + "\n", http.RequestAborted);
                await http.Response.Body.FlushAsync(http.RequestAborted);
            }
            catch (Exception e) when (e is OperationCanceledException or IOException)
            {
                // The caller has disconnected. The move goes on.
            }
        }
    }

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private sealed record Body(string? To, bool DryRun = false);

    private sealed record Line(string? Text = null, double? PauseMilliseconds = null, string? Error = null);
}
