using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace ModularShop.Kernel.Diagnostics;

/// <summary>Reaches <see cref="FaultPoint.Migration"/> before each statement of a migration.</summary>
internal sealed class MigrationFaults(FaultPoints faults) : DbCommandInterceptor
{
    public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
        DbCommand command,
        CommandEventData eventData,
        InterceptionResult<int> result,
        CancellationToken cancellationToken = default
    )
    {
        faults.Reach(FaultPoint.Migration);
        return base.NonQueryExecutingAsync(command, eventData, result, cancellationToken);
    }
}
