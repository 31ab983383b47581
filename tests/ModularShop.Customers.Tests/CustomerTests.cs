using ModularShop.Customers.Domain;

namespace ModularShop.Customers.Tests;

internal sealed class CustomerTests
{
    private static readonly DateTimeOffset Now = new(2011, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Test]
    public void An_erased_customer_keeps_the_id_and_nothing_of_the_person()
    {
        var customer = Customer.Register("ada@example.com", "hash", "Ada", "France", Now);
        var id = customer.Id;

        customer.Erase(Now.AddDays(1));

        Assert.That(customer.Id, Is.EqualTo(id));
        Assert.That(customer.ErasedAt, Is.EqualTo(Now.AddDays(1)));
        string?[] personal = [customer.Number, customer.Email, customer.EmailKey, customer.PasswordHash, customer.Name, customer.Country];
        Assert.That(personal, Is.All.Null);
    }

    [Test]
    public void Every_change_that_callers_can_see_is_a_new_version()
    {
        var customer = Customer.Register("ada@example.com", "hash", "Ada", "France", Now);

        customer.ChangePassword("another hash");
        Assert.That(customer.Version, Is.EqualTo(1));
        customer.Change("Ada L.", "France");
        Assert.That(customer.Version, Is.EqualTo(2));
        customer.Erase(Now);
        Assert.That(customer.Version, Is.EqualTo(3));
    }

    [Test]
    public void Case_is_told_apart_by_no_language()
    {
        Assert.That(Customer.KeyOf("INFO@ÉCOLE.example"), Is.EqualTo("info@école.example"));
    }

    [Test]
    public void A_password_has_another_hash_each_time_and_each_is_right()
    {
        var passwords = new Passwords(Passwords.Slow);
        var (first, second) = (passwords.Hash("correct horse"), passwords.Hash("correct horse"));

        Assert.That(first, Is.Not.EqualTo(second));
        Assert.That(passwords.Verify(first, "correct horse"), Is.True);
        Assert.That(passwords.Verify(second, "correct horse"), Is.True);
        Assert.That(passwords.Verify(first, "Correct horse"), Is.False);
    }

    [TestCase("")]
    [TestCase("correct horse")]
    public void Without_a_hash_no_password_is_right(string password)
    {
        Assert.That(new Passwords(Passwords.Slow).Verify(null, password), Is.False);
    }
}
