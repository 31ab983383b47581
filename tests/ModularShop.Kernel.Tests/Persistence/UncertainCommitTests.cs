using System.Globalization;
using System.Runtime.InteropServices;
using ModularShop.Kernel.Persistence;
using ModularShop.Kernel.Storage;
using ModularShop.Kernel.Tests.Properties;

namespace ModularShop.Kernel.Tests.Persistence;

[Platform("Linux")]
internal sealed class UncertainCommitTests
{
    private readonly string directory = TestApplication.NewDirectory();

    [TearDown]
    public void DeleteDirectory() => Directory.Delete(directory, recursive: true);

    [Test]
    public async Task A_commit_that_was_written_but_not_brought_to_disk_may_be_kept()
    {
        await using var file = LogFile.Open(directory, "ledger", new KernelOptions());
        using (new Unsyncable(Path.Combine(directory, "ledger.db-wal")))
        {
            var refused = file.Writer.Run((transaction, _) => Write(transaction), CancellationToken.None);

            await Assert.ThatAsync(() => refused, Throws.TypeOf<StorageException>().With.Property("OutcomeIsUnknown").True);
        }
        await file.Writer.Run((transaction, _) => Write(transaction), CancellationToken.None);
    }

    private static Task<int> Write(WriteTransaction transaction)
    {
        transaction.WriteSomething();
        return Task.FromResult(0);
    }

    /// <summary>Lets writes to a file that this process has open succeed, but makes fsync fail.</summary>
    private sealed class Unsyncable : IDisposable
    {
        private readonly int descriptor;
        private readonly int file;

        public Unsyncable(string path)
        {
            var link = Directory.GetFiles("/proc/self/fd").Single(link => LeadsTo(link, path));
            descriptor = int.Parse(Path.GetFileName(link), CultureInfo.InvariantCulture);
            file = Duplicate(descriptor);
            using var nothing = new FileStream("/dev/null", FileMode.Open, FileAccess.ReadWrite);
            _ = Duplicate((int)nothing.SafeFileHandle.DangerousGetHandle(), descriptor);
        }

        public void Dispose()
        {
            _ = Duplicate(file, descriptor);
            _ = Close(file);
        }

        private static bool LeadsTo(string link, string path)
        {
            try
            {
                return File.ResolveLinkTarget(link, returnFinalTarget: false)?.FullName == path;
            }
            catch (FileNotFoundException)
            {
                return false; // Another test has closed its file in the meantime.
            }
        }

        [DllImport("libc", EntryPoint = "dup")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
        private static extern int Duplicate(int descriptor);

        [DllImport("libc", EntryPoint = "dup2")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
        private static extern int Duplicate(int descriptor, int to);

        [DllImport("libc", EntryPoint = "close")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
        private static extern int Close(int descriptor);
    }
}
