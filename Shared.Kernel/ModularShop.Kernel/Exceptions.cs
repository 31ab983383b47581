namespace ModularShop.Kernel;

/// <summary>The requested resource does not exist. The answer has status 404.</summary>
public sealed class NotFoundException(string what, object id) : Exception($"There is no {what} {id}.");

/// <summary>The caller did not prove their identity. The answer has status 401.</summary>
public sealed class UnauthorizedException(string message) : Exception(message);

/// <summary>A rule forbids the change in the present state. The answer has status 409.</summary>
public sealed class ConflictException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The resource was changed in the meantime: If-Match names another version. The answer has status 412.</summary>
public sealed class PreconditionFailedException(string message) : Exception(message);

/// <summary>The request is well-formed but asks for something impossible. The answer has status 422 and may name the field.</summary>
public sealed class UnprocessableException(string message, string? field = null) : Exception(message)
{
    /// <summary>The path of the field in the body, as in <c>lines[0].productId</c>.</summary>
    public string? Field { get; } = field;
}

/// <summary>The format of the body is not supported. The answer has status 415.</summary>
internal sealed class UnsupportedBodyException(string message) : Exception(message);

/// <summary>The request is malformed. The answer has status 400 and names the field.</summary>
public sealed class BadRequestException(string message, string field) : Exception(message)
{
    public string Field { get; } = field;
}
