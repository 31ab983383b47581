using System.Runtime.Versioning;

[assembly: Parallelizable(ParallelScope.All)]
[assembly: FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[assembly: LevelOfParallelism(4)]
// Signals and file modes are part of the tests.
[assembly: UnsupportedOSPlatform("windows")]
