using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Processes;

/// <summary>
/// The secret that the processes of a topology share. Whoever knows it may read all events and act as an operator. It is in a file that
/// only its owner can read.
/// </summary>
internal sealed class BusSecret
{
    private const int Bytes = 32;
    private const int MinLength = 32;
    private const string Scheme = "Bearer ";

    private readonly byte[] value;

    private BusSecret(string text)
    {
        Text = text;
        value = Encoding.UTF8.GetBytes(text);
    }

    public string Text { get; }

    public static BusSecret Random() => new(Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes)));

    /// <summary>Reads the secret. If the file does not exist, it is created with a random secret.</summary>
    /// <exception cref="InvalidSettingException">The file cannot be read or created, or its content is too short.</exception>
    public static BusSecret ReadOrMake(string path)
    {
        try
        {
            if (!File.Exists(path))
            {
                OwnerOnly.CreateOnce(path, Encoding.UTF8.GetBytes(Random().Text + "\n"));
            }
            var text = File.ReadAllText(path).Trim();
            return text.Length >= MinLength && !text.Any(char.IsControl)
                ? new BusSecret(text)
                : throw new InvalidSettingException(
                    $"{path} has no usable secret: one line with at least {MinLength} characters is expected. "
                        + "Delete the file to have one made, and copy it to the other processes."
                );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidSettingException($"{path} cannot be read or created: {e.Message}");
        }
    }

    /// <summary>Whether a request's <c>Authorization</c> header contains the secret. Takes the same time for each wrong one.</summary>
    public bool IsIn(string? authorization) =>
        authorization?.StartsWith(Scheme, StringComparison.Ordinal) is true && Is(authorization[Scheme.Length..]);

    /// <summary>Whether a text is the secret. Takes the same time for each wrong one.</summary>
    public bool Is(string text) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(text), value);
}
