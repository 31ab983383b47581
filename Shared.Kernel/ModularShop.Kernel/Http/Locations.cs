using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ModularShop.Kernel.Http;

/// <summary>Addresses in answers.</summary>
public static class Locations
{
    /// <summary>201 with the address of what was created.</summary>
    /// <param name="path">Its path within the module, as in <c>/v1/orders/1</c>: where the module is mounted, the request tells.</param>
    public static Created<T> Created<T>(this HttpRequest request, string path, T value) =>
        TypedResults.Created($"{request.PathBase}{path}", value);
}
