namespace ModularShop.Kernel.Tests.Properties;

/// <summary>
/// Compares an implementation with its model. NUnit's assertions are not used, because they would count each failure that CsCheck finds
/// while it shrinks a sample.
/// </summary>
internal static class Expect
{
    public static void Equal<T>(T actual, T expected, string what)
    {
        if (!EqualityComparer<T>.Default.Equals(actual, expected))
        {
            throw new ModelDiffersException($"{what}: it is {actual}, the model has {expected}");
        }
    }

    public static void Sequence<T>(IEnumerable<T> actual, IEnumerable<T> expected, string what)
    {
        var (one, other) = (actual.ToList(), expected.ToList());
        Equal(one.Count, other.Count, $"{what}, how many");
        for (var i = 0; i < one.Count; i++)
        {
            Equal(one[i], other[i], $"{what}, number {i + 1}");
        }
    }

    public static void True(bool condition, string what)
    {
        if (!condition)
        {
            throw new ModelDiffersException($"{what}: it is not so");
        }
    }
}

internal sealed class ModelDiffersException(string message) : Exception(message);
