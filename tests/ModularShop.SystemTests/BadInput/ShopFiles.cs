using Microsoft.Data.Sqlite;

namespace ModularShop.SystemTests.BadInput;

/// <summary>Watches the modules' files, to detect whether a request changed any of them.</summary>
internal sealed class ShopFiles : IDisposable
{
    private readonly List<SqliteConnection> files;

    public ShopFiles(string directory) =>
        files = [.. Directory.GetFiles(directory, "*.db").Order().Select(file => ModuleFile.Open(file, SqliteOpenMode.ReadOnly))];

    /// <summary>
    /// Equal to an earlier value only if nothing was written in between: SQLite counts the commits of other connections.
    /// </summary>
    public string Versions() => string.Join(' ', files.Select(Version));

    public void Dispose() => files.ForEach(file => file.Dispose());

    private static long Version(SqliteConnection file)
    {
        using var command = file.CreateCommand();
        command.CommandText = "PRAGMA data_version";
        return (long)command.ExecuteScalar()!;
    }
}
