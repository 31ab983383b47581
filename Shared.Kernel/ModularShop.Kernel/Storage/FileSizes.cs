namespace ModularShop.Kernel.Storage;

/// <summary>Bytes of a module's file and of the write-ahead log beside it; 0 for what is not there.</summary>
internal readonly record struct FileSizes(long File, long Wal)
{
    public static FileSizes Of(string file) => new(LengthOf(file), LengthOf($"{file}-wal"));

    private static long LengthOf(string path) => new FileInfo(path) is { Exists: true } found ? found.Length : 0;
}
