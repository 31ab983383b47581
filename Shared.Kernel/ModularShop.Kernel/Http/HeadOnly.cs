namespace ModularShop.Kernel.Http;

/// <summary>A feature of a request that came as a HEAD and is answered as a GET: an answer without an end need not be begun.</summary>
internal sealed class HeadOnly
{
    public static readonly HeadOnly Instance = new();

    private HeadOnly() { }
}
