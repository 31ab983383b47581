using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;

namespace ModularShop.Benchmarks.Orders.Raw;

/// <summary>A statement that is prepared once. Its parameters are <c>$1</c>, <c>$2</c> and so on.</summary>
internal sealed partial class Statement : IDisposable
{
    private readonly SqliteCommand command;
    private readonly SqliteParameter[] parameters;

    public Statement(SqliteConnection connection, string sql)
    {
        command = connection.CreateCommand();
        command.CommandText = sql;
        var count = Parameter().Matches(sql).DistinctBy(match => match.Value).Count();
        parameters = [.. Enumerable.Range(1, count).Select(number => new SqliteParameter { ParameterName = $"${number}" })];
        command.Parameters.AddRange(parameters);
    }

    public void Run(params ReadOnlySpan<object> values)
    {
        Bind(values);
        command.ExecuteNonQuery();
    }

    /// <summary>The first column of the first row; null when there is none.</summary>
    public object? Scalar(params ReadOnlySpan<object> values)
    {
        Bind(values);
        return command.ExecuteScalar();
    }

    public SqliteDataReader Rows(params ReadOnlySpan<object> values)
    {
        Bind(values);
        return command.ExecuteReader();
    }

    public void Dispose() => command.Dispose();

    private void Bind(ReadOnlySpan<object> values)
    {
        for (var i = 0; i < parameters.Length; i++)
        {
            parameters[i].Value = values[i];
        }
    }

    [GeneratedRegex(@"\$\d+")]
    private static partial Regex Parameter();
}
