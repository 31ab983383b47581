namespace ModularShop.Kernel;

/// <summary>What the request is about does not exist. Answered with 404.</summary>
public sealed class NotFoundException(string what, object id) : Exception($"There is no {what} {id}.");

/// <summary>The caller did not prove who they are. Answered with 401.</summary>
public sealed class UnauthorizedException(string message) : Exception(message);

/// <summary>A rule forbids the change in the present state. Answered with 409.</summary>
public sealed class ConflictException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The resource was changed meanwhile: If-Match names another version. Answered with 412.</summary>
public sealed class PreconditionFailedException(string message) : Exception(message);

/// <summary>The request is well-formed but asks for something that cannot be. Answered with 422; may name the field.</summary>
public sealed class UnprocessableException(string message, string? field = null) : Exception(message)
{
    /// <summary>The path of the field in the body, as in <c>lines[0].productId</c>.</summary>
    public string? Field { get; } = field;
}

/// <summary>The body comes in a form that is not taken here. Answered with 415.</summary>
internal sealed class UnsupportedBodyException(string message) : Exception(message);

/// <summary>The request itself is wrong. Answered with 400; names the field.</summary>
public sealed class BadRequestException(string message, string field) : Exception(message)
{
    public string Field { get; } = field;
}
