using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ModularShop.Kernel.Http;

/// <summary>Creates addresses in answers.</summary>
public static class Locations
{
    /// <summary>Answers 201 with the address of the created resource.</summary>
    /// <param name="path">
    /// Its path within the module, for example <c>/v1/orders/1</c>. The request provides the module's path base.
    /// </param>
    public static Created<T> Created<T>(this HttpRequest request, string path, T value) =>
        TypedResults.Created($"{request.PathBase}{path}", value);
}
