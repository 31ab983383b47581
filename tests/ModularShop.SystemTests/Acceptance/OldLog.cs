using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace ModularShop.SystemTests.Acceptance;

/// <summary>
/// Logs of an older shop, stored in the folder Logs: the kernel's tables as they were, and one event per line in the format of
/// <c>events list --json</c>.
/// </summary>
internal static class OldLog
{
    public static string FolderOf(string version) => Path.Combine(AppContext.BaseDirectory, "Logs", version);

    /// <summary>A new directory with the publishing modules' files, which contain only their logs.</summary>
    public static string Restore(string version)
    {
        var directory = TestApplication.NewDirectory();
        var tables = File.ReadAllText(Path.Combine(FolderOf(version), "kernel.sql"));
        foreach (var log in Directory.EnumerateFiles(FolderOf(version), "*.ndjson"))
        {
            var module = Path.GetFileNameWithoutExtension(log);
            ModuleFile.Execute(directory, module, tables);
            using var connection = ModuleFile.Open(ModuleFile.Of(directory, module));
            foreach (var line in File.ReadLines(log))
            {
                using var cloudEvent = JsonDocument.Parse(line);
                Append(connection, cloudEvent.RootElement);
            }
        }
        return directory;
    }

    private static void Append(SqliteConnection connection, JsonElement cloudEvent)
    {
        using var insert = connection.CreateCommand();
        insert.CommandText = """
            INSERT INTO event_log VALUES
                ($position, $id, $type, $eventversion, $subject, $at, $correlationid, $causationid, $traceparent, $data)
            """;
        foreach (var name in (string[])["id", "type", "subject", "correlationid", "causationid", "traceparent"])
        {
            insert.Parameters.AddWithValue($"${name}", cloudEvent.TryGetProperty(name, out var text) ? text.GetString() : DBNull.Value);
        }
        insert.Parameters.AddWithValue("$position", cloudEvent.GetProperty("position").GetInt64());
        insert.Parameters.AddWithValue("$eventversion", cloudEvent.GetProperty("eventversion").GetInt32());
        insert.Parameters.AddWithValue("$at", cloudEvent.GetProperty("time").GetDateTimeOffset().ToUnixTimeMilliseconds());
        insert.Parameters.AddWithValue("$data", cloudEvent.GetProperty("data").GetRawText());
        insert.ExecuteNonQuery();
    }
}
