namespace ModularShop.Kernel.Http;

/// <summary>Marks a HEAD request that is handled as a GET, so that an endpoint need not begin an endless answer.</summary>
internal sealed class HeadOnly
{
    public static readonly HeadOnly Instance = new();

    private HeadOnly() { }
}
