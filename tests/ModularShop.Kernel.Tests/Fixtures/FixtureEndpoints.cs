using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using ModularShop.Kernel.Http;

namespace ModularShop.Kernel.Tests.Fixtures;

internal static class FixtureEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/ping", () => "pong");
        routes.MapGet("/v1/bug", string () => throw new InvalidOperationException("secret of /srv/shop/ledger.db"));
        routes.MapPost("/v1/entries", (AddEntry.Command body, ISender sender, CancellationToken ct) => sender.Send(body, ct));
        routes.MapPut(
            "/v1/entries/{entryId:guid}",
            (Guid entryId, RenameBody body, [FromHeader(Name = "If-Match")] IfMatch? ifMatch, ISender sender, CancellationToken ct) =>
                sender.Send(new RenameEntry.Command(entryId, body.Subject, ifMatch), ct)
        );
    }

    internal sealed record RenameBody(string Subject);
}
