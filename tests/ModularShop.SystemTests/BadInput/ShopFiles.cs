using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;

namespace ModularShop.SystemTests.BadInput;

/// <summary>Watches the modules' files, to detect whether a request changed any of them.</summary>
internal sealed class ShopFiles : IDisposable
{
    private readonly List<WatchedFile> files;

    public ShopFiles(string directory) =>
        files = [
            .. Directory
                .GetFiles(directory, "*.db", SearchOption.AllDirectories)
                .Order()
                .Select(file => new WatchedFile(ModuleFile.Open(file, SqliteOpenMode.ReadOnly))),
        ];

    /// <summary>Equal to an earlier value only if all rows of all tables are as they were then.</summary>
    public string Contents() => string.Join(' ', files.Select(file => file.Contents()));

    public void Dispose() => files.ForEach(file => file.Dispose());

    private sealed class WatchedFile(SqliteConnection connection) : IDisposable
    {
        private long version = -1;
        private string contents = "";

        public string Contents()
        {
            // SQLite changes the version with each commit of another connection, but also when the write-ahead log is emptied. So the
            // rows decide, and the version only avoids reading them again.
            if (Version() is var current && current != version)
            {
                contents = Hash();
                version = current;
            }
            return contents;
        }

        public void Dispose() => connection.Dispose();

        private long Version()
        {
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA data_version";
            return (long)command.ExecuteScalar()!;
        }

        private string Hash()
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            foreach (var table in Rows("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").Select(row => (string)row[0]))
            {
                hash.AppendData(Encoding.UTF8.GetBytes(table));
                foreach (var row in Rows($"SELECT * FROM \"{table}\""))
                {
                    hash.AppendData(Encoding.UTF8.GetBytes(string.Join('\u001f', row.Select(Text)) + '\u001e'));
                }
            }
            return Convert.ToHexString(hash.GetHashAndReset());
        }

        private IEnumerable<object[]> Rows(string sql)
        {
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            using var reader = command.ExecuteReader();
            var row = new object[reader.FieldCount];
            while (reader.Read())
            {
                reader.GetValues(row);
                yield return row;
            }
        }

        private static string Text(object value) => value is byte[] bytes ? Convert.ToHexString(bytes) : $"{value}";
    }
}
