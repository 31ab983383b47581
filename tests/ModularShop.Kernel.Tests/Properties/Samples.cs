namespace ModularShop.Kernel.Tests.Properties;

/// <summary>
/// How many samples a property takes: few in the ordinary suite, as each has files of its own. <c>CsCheck_Iter=10000</c> or
/// <c>CsCheck_Time=60</c> (seconds) in the environment asks for more, <c>CsCheck_Seed</c> for one that failed.
/// </summary>
internal static class Samples
{
    private static readonly bool AskedFor = Array.Exists(
        ["CsCheck_Iter", "CsCheck_Time"],
        name => Environment.GetEnvironmentVariable(name) is not null
    );

    /// <summary>The ordinary number, or CsCheck's sign for what the environment says.</summary>
    public static long Ordinarily(int number) => AskedFor ? -1 : number;
}
