namespace ModularShop.Kernel.Storage;

/// <summary>The sizes of a module's file and its write-ahead log in bytes; 0 for a file that does not exist.</summary>
internal readonly record struct FileSizes(long File, long Wal)
{
    public static FileSizes Of(string file) => new(LengthOf(file), LengthOf($"{file}-wal"));

    private static long LengthOf(string path) => new FileInfo(path) is { Exists: true } found ? found.Length : 0;
}
