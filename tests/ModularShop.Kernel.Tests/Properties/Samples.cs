namespace ModularShop.Kernel.Tests.Properties;

/// <summary>
/// The number of samples of a property: few in the ordinary suite, as each sample uses files. Set <c>CsCheck_Iter=10000</c> or
/// <c>CsCheck_Time=60</c> (seconds) in the environment for more, and <c>CsCheck_Seed</c> to repeat one that failed.
/// </summary>
internal static class Samples
{
    private static readonly bool AskedFor = Array.Exists(
        ["CsCheck_Iter", "CsCheck_Time"],
        name => Environment.GetEnvironmentVariable(name) is not null
    );

    /// <summary>The ordinary number, or CsCheck's value for "use the environment".</summary>
    public static long Ordinarily(int number) => AskedFor ? -1 : number;
}
