namespace McpPlatform.Kernel;

/// <summary>What a use case can answer: a value, or the reason why not. Exceptions are for bugs and broken infrastructure only.</summary>
public interface IResult<TSelf>
    where TSelf : IResult<TSelf>
{
    /// <summary>The reason of the refusal; null on success.</summary>
    Error? Error { get; }

    /// <summary>Makes a refusal; lets pipeline behaviours refuse without knowing the value's type.</summary>
    static abstract TSelf Refuse(Error error);
}

/// <summary>Success without a value, or a refusal.</summary>
public readonly record struct Result(Error? Error) : IResult<Result>
{
    public static Result Success { get; }

    public bool IsSuccess => Error is null;

    public static Result Refuse(Error error) => new(error);

    public static implicit operator Result(Error error) => new(error);

    public TOut Match<TOut>(Func<TOut> success, Func<Error, TOut> failure) => Error is null ? success() : failure(Error);
}

/// <summary>A value, or a refusal.</summary>
public readonly record struct Result<T> : IResult<Result<T>>
{
    private readonly T? _value;

    public Result(T value)
    {
        _value = value;
        Error = null;
    }

    private Result(Error error)
    {
        _value = default;
        Error = error;
    }

    public Error? Error { get; }

    public bool IsSuccess => Error is null;

    /// <summary>The value. Throws <see cref="InvalidOperationException"/> on a refusal: look at <see cref="Error"/> first.</summary>
    public T Value => Error is null ? _value! : throw new InvalidOperationException($"A refused result has no value: {Error.Code}.");

    public static Result<T> Refuse(Error error) => new(error);

    public static implicit operator Result<T>(T value) => new(value);

    public static implicit operator Result<T>(Error error) => new(error);

    public TOut Match<TOut>(Func<T, TOut> success, Func<Error, TOut> failure) => Error is null ? success(_value!) : failure(Error);
}
